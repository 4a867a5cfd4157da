"""An engine whose deciding parts are the functions of phase 01's labs, all of them at once."""

from dataclasses import dataclass

import numpy as np

from labkit.lab_05.stages import Stages
from labkit.lab_06.parts import read_with, scheduler_with
from labkit.lab_07.schedulers import planned_by
from labkit.lab_08.engine import hasher_of
from mini_vllm import EngineConfig, LlamaForCausalLM, LLMEngine, ModelConfig, SamplingParams
from mini_vllm.core.output import ScheduledRequest, SchedulerOutput

SHAPE = ModelConfig(
    vocab_size=97,
    hidden_size=32,
    intermediate_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
)
# Tight: prompts are cut, requests wait for seats and for blocks, and some are preempted.
LIMITS = {"max_model_len": 96, "max_num_batched_tokens": 24, "max_num_seqs": 6, "num_blocks": 40, "block_size": 4}
COUNTERS = ("num_steps", "num_tokens_processed", "num_preemptions", "prefix_cache_queries", "prefix_cache_hits")


@dataclass(frozen=True)
class Arrival:
    """A request, and the step before which it arrives."""

    step: int
    prompt: list[int]
    params: SamplingParams


def random_stream(seed: int, num_requests: int = 50) -> list[Arrival]:
    """Requests at random times, greedy and sampled: up to three of five pieces, in any order, and 1 to 36 tokens."""
    rng = np.random.default_rng(seed)
    pieces = rng.integers(0, SHAPE.vocab_size, (5, 8)).tolist()
    arrivals, step = [], 0
    for number in range(num_requests):
        step += int(rng.integers(0, 6))
        shared = sum((pieces[piece] for piece in rng.integers(0, 5, rng.integers(0, 4))), [])
        prompt = [*shared, *rng.integers(0, SHAPE.vocab_size, rng.integers(1, 37)).tolist()]
        params = SamplingParams(
            temperature=float(rng.choice([0, 0.7, 1.2])),
            top_p=float(rng.choice([0.9, 1])),
            seed=number,
            max_tokens=int(rng.integers(1, 31)),
            stop_token_ids=rng.integers(0, SHAPE.vocab_size, 2).tolist(),
        )
        arrivals.append(Arrival(step, prompt, params))
    return arrivals


def served(stream: list[Arrival], engine: LLMEngine, step) -> list[tuple[list[int], str]]:
    """Call `step` until every request is finished. Returns the tokens of each, and why it ended."""
    requests, turn = [], 0
    while len(requests) < len(stream) or engine.has_unfinished_requests():
        while len(requests) < len(stream) and stream[len(requests)].step <= turn:
            name, arrival = f"r{len(requests)}", stream[len(requests)]
            engine.add_request(name, arrival.prompt, arrival.params)
            requests.append(engine.scheduler.requests[name])
        if engine.has_unfinished_requests():
            step()
        turn += 1
    return [(request.output_token_ids, request.status.finish_reason) for request in requests]


def engines_own(stream: list[Arrival]) -> tuple[list[tuple[list[int], str]], dict[str, int]]:
    """The engine as it is: what each request got, and its counters."""
    model = LlamaForCausalLM(SHAPE, seed=1)
    engine = LLMEngine(model, config=EngineConfig.for_model(SHAPE, **LIMITS))
    outputs = served(stream, engine, engine.step)
    return outputs, {name: getattr(engine.stats, name) for name in COUNTERS}


def students(stream: list[Arrival], functions: dict) -> tuple[list[tuple[list[int], str]], dict[str, int]]:
    """The same, of an engine with these functions of labs 05 to 08."""
    model = LlamaForCausalLM(SHAPE, seed=1)
    hasher = hasher_of(functions["block_hashes"], LIMITS["block_size"])
    config = EngineConfig.for_model(SHAPE, scheduler_cls=scheduler_of(functions), block_hasher=hasher, **LIMITS)
    engine = LLMEngine(model, config=config)
    read_with(engine, functions["gather"])
    stages, planned = Stages(engine), []

    def step() -> None:
        planned.append(0)
        functions["engine_step"](stages)
        planned[-1] = sum(num_new_tokens for _, num_new_tokens in engine.scheduler.latest)

    outputs = served(stream, engine, step)
    counted = {"num_steps": len(planned), "num_tokens_processed": sum(planned)}
    return outputs, {name: counted.get(name) or getattr(engine.stats, name) for name in COUNTERS}


def scheduler_of(functions: dict) -> type:
    """The class of schedulers that these functions plan and count for, with a prefix cache.

    Whoever starts changes what the next one finds in the cache. So the plan is carried out up to the first request
    that starts, and made anew for the rest of the step.
    """
    planned = planned_by(functions["schedule"], functions["victim"])
    counted = scheduler_with(functions["share"], functions["release"])

    class StudentsScheduler(planned, counted):
        latest: list[tuple[str, int]] = []

        def schedule(self) -> SchedulerOutput:
            num_preemptions = self.stats.num_preemptions
            plan, running = self._plan(), {request.request_id for request in self.running}
            self.latest = [self._carry_out(*entry) for entry in plan if entry[0] in running]
            while self.stats.num_preemptions == num_preemptions and (plan := self._plan_of_the_rest()):
                self.latest.append(self._carry_out(*plan[0]))
            items = [(self.requests[name], num_new_tokens) for name, num_new_tokens in self.latest]
            table = self.kv_cache_manager.get_block_ids
            return SchedulerOutput([ScheduledRequest(r, n, table(r.request_id)) for r, n in items])

        def _plan_of_the_rest(self) -> list[tuple[str, int]]:
            """The plan for those who wait, with the budget, seats and blocks that are left."""
            views = [self._view(request) for request in self.waiting]
            budget = self.config.max_num_batched_tokens - sum(num_new_tokens for _, num_new_tokens in self.latest)
            seats = self.config.max_num_seqs - len(self.running)
            free = self.kv_cache_manager.block_pool.num_free_blocks
            return self.plan_of([], views, budget, seats, free, self.config.block_size) if views else []

        def _carry_out(self, request_id: str, num_new_tokens: int) -> tuple[str, int]:
            """Reserve the blocks; a waiting request starts with those that it finds."""
            request = self.requests[request_id]
            found = [] if request in self.running else self.kv_cache_manager.get_computed_blocks(request)
            there_is_room = self.kv_cache_manager.allocate_slots(request, num_new_tokens, found)
            assert there_is_room, "the plan needs more blocks than are free"
            if request not in self.running:
                assert request is self.waiting[0], "the plan overtakes"
                self._start(request, len(found) * self.config.block_size)
            return request_id, num_new_tokens

        def _view(self, request) -> tuple[str, int, int, int]:
            if request in self.running:
                return super()._view(request)
            found = self.kv_cache_manager.get_computed_blocks(request)
            in_use = sum(block.ref_cnt > 0 for block in found)  # the others have to come from the free blocks
            return request.request_id, request.num_tokens, len(found) * self.config.block_size, in_use

    return StudentsScheduler
