"""Serves a stream of requests with the engine, step by step, under a clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.failure import CheckFailed
from labkit.lab_07.clock import step_seconds
from labkit.lab_07.plan import Plan
from mini_vllm.core.output import SchedulerOutput
from mini_vllm.core.scheduler import Scheduler

if TYPE_CHECKING:
    from mini_vllm import LlamaForCausalLM, LLMEngine, SchedulerStats


MOST_STEPS = 5000  # ten times what any stream of the lab takes


@dataclass(frozen=True)
class Arrival:
    """A request: when it arrives, the length of its prompt, and how many tokens it wants."""

    request_id: str
    arrival_s: float
    prompt_len: int
    output_len: int


@dataclass(frozen=True)
class Served:
    """What happened: of each step its plan, its length and its end; of each request its tokens and when they came.

    preemptions: before each step, since the one before it.
    """

    arrivals: Sequence[Arrival]
    plans: list[Plan]
    preemptions: list[int]
    seconds: list[float]
    ends_s: list[float]
    token_ids: dict[str, list[int]]
    token_times_s: dict[str, list[float]]
    stats: "SchedulerStats"


@cache
def tiny_model() -> "LlamaForCausalLM":
    """A model with random weights: real arithmetic, meaningless text, and steps that take no time."""
    from mini_vllm import LlamaForCausalLM, ModelConfig

    config = ModelConfig(
        vocab_size=64,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_key_value_heads=1,
        max_position_embeddings=4096,
    )
    return LlamaForCausalLM(config, seed=0)


def serve(
    arrivals: Sequence[Arrival],
    scheduler_cls: type[Scheduler] = Scheduler,
    clock: Callable[[int], float] = step_seconds,
    **limits: Any,
) -> Served:
    """Serve `arrivals`, which are in order of arrival, with an engine of its own.

    clock: seconds of a step, from its number of tokens. limits: of the EngineConfig.

    Raises:
        CheckFailed: it does not come to an end: requests preempt one another before they get a token.
    """
    from mini_vllm import EngineConfig, LLMEngine

    model, recording = tiny_model(), _recording(scheduler_cls)
    config = EngineConfig.for_model(model.config, scheduler_cls=recording, enable_prefix_caching=False, **limits)
    engine = LLMEngine(model, config=config)
    now, to_come = 0.0, list(arrivals)
    served = Served(arrivals, [], [], [], [], {}, {arrival.request_id: [] for arrival in arrivals}, engine.stats)
    while to_come or engine.has_unfinished_requests():
        if not engine.has_unfinished_requests():
            now = max(now, to_come[0].arrival_s)
        while to_come and to_come[0].arrival_s <= now:
            _add(engine, to_come.pop(0))
        if len(served.plans) == MOST_STEPS:
            raise CheckFailed(
                f"After {MOST_STEPS:,} steps, {engine.stats.num_waiting_reqs} requests wait and "
                f"{engine.stats.num_running_reqs} run: they preempt one another and are computed again and again.",
                step="run the tests of schedule and victim",
            )
        outputs = engine.step()
        plan: Plan = engine.scheduler.latest_plan  # type: ignore[attr-defined]
        seconds = clock(sum(tokens for _, tokens in plan))
        now += seconds
        served.plans.append(plan)
        served.preemptions.append(engine.stats.num_preemptions - sum(served.preemptions))
        served.seconds.append(seconds)
        served.ends_s.append(now)
        for output in outputs:
            served.token_ids[output.request_id] = list(output.outputs[0].token_ids)
            served.token_times_s[output.request_id].append(now)
    return Served(**{**vars(served), "stats": engine.stats})


def _add(engine: "LLMEngine", arrival: Arrival) -> None:
    from mini_vllm import SamplingParams

    seed = sum(map(ord, arrival.request_id))
    prompt = np.random.default_rng(seed).integers(0, engine.model.config.vocab_size, arrival.prompt_len).tolist()
    params = SamplingParams(temperature=0, max_tokens=arrival.output_len, ignore_eos=True)
    engine.add_request(arrival.request_id, prompt, params)


def _recording(scheduler_cls: type[Scheduler]) -> type[Scheduler]:
    """A subclass that remembers its latest plan."""

    class Recording(scheduler_cls):  # type: ignore[valid-type,misc]
        latest_plan: Plan = []

        def schedule(self) -> SchedulerOutput:
            output: SchedulerOutput = super().schedule()
            self.latest_plan = [(item.request.request_id, item.num_new_tokens) for item in output.scheduled]
            return output

    return Recording
