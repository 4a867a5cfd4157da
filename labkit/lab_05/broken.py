"""Engines whose bookkeeping is broken below a right step."""

from collections.abc import Callable
from typing import Any

from labkit.lab_05.engines import add_requests, new_engine, recorded, small_model
from labkit.lab_05.stages import Stages

PROMPT_LEN, BUDGET, NEW_TOKENS, MOST_STEPS, MAX_MODEL_LEN = 30, 16, 8, 12, 64


class Miscounting(Stages):
    """Adds `off_by` to num_computed_tokens, once, after the first step."""

    off_by = 0

    def update(self, request_id: str, num_new_tokens: int, token: int | None) -> str | None:
        off_by, self.off_by = self.off_by, 0
        return super().update(request_id, num_new_tokens + off_by, token)


class Forgetful(Miscounting):
    """Takes no finished request out of the batch."""

    def finish(self, request_id: str) -> None:
        pass


def serve_broken(engine_step: Callable[..., Any], off_by: int = 0, forgets_to_finish: bool = False) -> None:
    """Serve one request with `engine_step`, and print how many tokens were passed, sampled, and which text they are."""
    engine = new_engine(max_num_batched_tokens=BUDGET, num_blocks=MAX_MODEL_LEN // 16, max_model_len=MAX_MODEL_LEN)
    before = MAX_MODEL_LEN - 1  # another request has been here, and its K and V are still in every slot
    add_requests(engine, {"before": (before, 1)})
    while engine.has_unfinished_requests():
        engine.step()
    recorded(engine).clear()
    add_requests(engine, {"a": (PROMPT_LEN, NEW_TOKENS)})
    request = engine.scheduler.requests["a"]
    stages = (Forgetful if forgets_to_finish else Miscounting)(engine)
    stages.off_by = off_by
    while engine.has_unfinished_requests() and len(recorded(engine)) < MOST_STEPS:
        engine_step(stages)
    passed = sum(sum(step.new.values()) for step in recorded(engine))
    text = small_model()[1].decode(request.output_token_ids)
    print(f"{passed:>3} passed, {request.num_output_tokens:>2} sampled: {text!r}")
