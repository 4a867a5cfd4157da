"""The student's step as the engine's step: a stream of requests, served by both, token for token."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labkit.check import Check, quantity
from labkit.failure import CheckFailed
from labkit.lab_05.engines import new_engine, prompt_of, recorded, small_model
from labkit.lab_05.recording import Step
from labkit.lab_05.step import StepCall
from labkit.lab_05.watched import WatchedStages
from mini_vllm import SamplingParams

if TYPE_CHECKING:
    from mini_vllm.engine.llm_engine import LLMEngine

MAX_MODEL_LEN = 64
LIMITS: dict[str, Any] = {
    "max_model_len": MAX_MODEL_LEN,
    "max_num_batched_tokens": 16,
    "max_num_seqs": 4,
    "num_blocks": 30,
    "block_size": 4,
}
P = SamplingParams
# id -> (the step before which it arrives, prompt tokens, parameters)
STREAM: dict[str, tuple[int, int, SamplingParams]] = {
    "a": (0, 9, P(temperature=0, max_tokens=24, ignore_eos=True)),
    "b": (0, 40, P(temperature=0.8, seed=2, max_tokens=14, ignore_eos=True)),
    "c": (1, 5, P(temperature=0.7, top_p=0.9, seed=3, max_tokens=30, ignore_eos=True)),
    "d": (4, 33, P(temperature=0, max_tokens=20, ignore_eos=True)),
    "e": (6, 1, P(temperature=1.2, top_k=20, seed=5, max_tokens=1)),
    "f": (9, 50, P(temperature=0, max_tokens=None, ignore_eos=True)),
    "g": (12, 21, P(temperature=0.9, seed=7, max_tokens=40, stop_token_ids=[18])),
    "h": (15, 12, P(temperature=0, max_tokens=18)),
    "i": (15, 28, P(temperature=1, seed=9, max_tokens=12, ignore_eos=True)),
    "j": (40, 12, P(temperature=1.6, seed=80, max_tokens=20)),
}


@dataclass(frozen=True)
class Served:
    """What came of the stream, by request id, and the engine's counters."""

    prompts: dict[str, list[int]]
    tokens: dict[str, list[int]]
    reasons: dict[str, str | None]
    steps: list[Step]
    num_preemptions: int

    @property
    def counters(self) -> dict[str, int]:
        """By the names of SchedulerStats."""
        return {
            "num_steps": len(self.steps),
            "num_tokens_processed": sum(sum(step.new.values()) for step in self.steps),
            "num_preemptions": self.num_preemptions,
        }


def serve(engine: "LLMEngine", step: Callable[[], Any]) -> Served:
    """Let the stream arrive, and call `step` until every request is finished."""
    requests: dict[str, Any] = {}
    turn = 0
    while len(requests) < len(STREAM) or engine.has_unfinished_requests():
        for name, (arrives, prompt_len, params) in STREAM.items():
            if arrives == turn:
                engine.add_request(name, prompt_of(prompt_len, 2 * arrives), params)
                requests[name] = engine.scheduler.requests[name]
        step()
        turn += 1
    return Served(
        prompts={name: request.prompt_token_ids for name, request in requests.items()},
        tokens={name: request.output_token_ids for name, request in requests.items()},
        reasons={name: request.status.finish_reason for name, request in requests.items()},
        steps=recorded(engine),
        num_preemptions=engine.stats.num_preemptions,
    )


@functools.cache
def served_by_the_engine() -> Served:
    """The stream, served by LLMEngine's own step, once per process."""
    engine = new_engine(**LIMITS)
    return serve(engine, engine.step)


def prepare_tests(names: Mapping[str, Any]) -> None:
    """Serve the stream once for many submissions."""
    served_by_the_engine()


def compare_with_engine(check: Check) -> None:
    """Serve the stream with the student's step, and print both sets of counters if everything agrees.

    Raises:
        CheckFailed: a step is wrong, or something differs from what LLMEngine.step does.
    """
    engine, own = new_engine(**LIMITS), served_by_the_engine()
    stages = WatchedStages(engine)

    def step() -> None:
        call = check(stages)
        assert isinstance(call, StepCall)
        call.sampled()

    yours = serve(engine, step)
    for name, tokens in own.tokens.items():
        if yours.tokens[name] != tokens or yours.reasons[name] != own.reasons[name]:
            raise CheckFailed(
                f"Request {name!r}: your step gave {quantity(len(yours.tokens[name]), 'tokens')} "
                f"({yours.reasons[name]}), the engine's own {len(tokens)} ({own.reasons[name]}), and they are not the "
                "same.",
                "the engine was changed by something else than the stages",
                "use the stages only",
            )
    print(f"{len(own.tokens)} requests, {sum(map(len, own.tokens.values()))} tokens: the same as the engine's own.")
    print(f"{'counter':<22}{'LLMEngine.step':>15}{'your step':>11}")
    for name, value in own.counters.items():
        print(f"{name:<22}{value:>15,}{yours.counters[name]:>11,}")


def texts() -> dict[str, str]:
    """What the stream's requests have generated, as text."""
    _, tokenizer = small_model()
    return {name: tokenizer.decode(tokens) for name, tokens in served_by_the_engine().tokens.items()}
