"""Exercise 4: whether a step schedules, executes, samples and updates, and returns what it has sampled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Exercise, Why
from labkit.failure import CheckFailed, a_type, shortened
from labkit.kinds import whole_number
from labkit.lab_05 import faults
from labkit.lab_05.watched import WatchedStages

PAIR = "return a list with a tuple (request_id, token) for each sampled token"


class StepCall(Call):
    """One call of engine_step(engine)."""

    def __init__(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        super().__init__(check, args, named)
        self.engine: WatchedStages = self.args[0]
        self.before = self.engine.num_steps
        self.text = f"{check.name}, step {self.before + 1}"

    def sampled(self) -> list[tuple[str, int]]:
        """What the step returned, which is what it sampled. Raises: CheckFailed."""
        engine, raised, answer = self.engine, None, None
        try:
            answer = self.answer()
        except AnswerRaised as failure:
            raised = failure
        if engine.fault is not None:
            where = raised.where if raised else ""
            raise CheckFailed(f"{self}: {engine.fault.what}", engine.fault.cause, engine.fault.step, where)
        if raised is not None:
            raise raised
        if engine.num_steps == self.before:
            raise CheckFailed(f"{self}: engine.schedule() was not called.", *faults.NOT_SCHEDULED)
        if engine.num_steps > self.before + 1:
            raise CheckFailed(f"{self}: one call made {engine.num_steps - self.before} steps.", *faults.PLAN_TWICE)
        left = engine.left_undone()
        if left is not None:
            raise CheckFailed(f"{self}: {left.what}", left.cause, left.step)
        returned: list[tuple[str, int]] = self.exercise.read(str(self), answer)
        if returned != engine.last_sampled:
            why = _why(returned, engine.last_sampled)
            raise CheckFailed(
                f"{self} returned {shortened(returned)}, expected {shortened(engine.last_sampled)}.", *why
            )
        return returned

    def should_sample(self, *names: str) -> None:
        """Raises: CheckFailed unless this step samples for exactly these requests, in this order."""
        found = [name for name, _ in self.sampled()]
        if found != list(names):
            raise CheckFailed(
                f"{self} sampled for {found}, expected {list(names)}.",
                "the engine was changed by something else than the stages",
                "run the cell again from its first line",
            )


@dataclass(frozen=True, kw_only=True)
class StepExercise(Exercise):
    """engine_step."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> StepCall:
        return StepCall(check, args, named)


def sampled_tokens(call: str, answer: Any) -> list[tuple[str, int]]:
    """`answer` as a plain list of (id, token)."""
    if answer is None:
        raise CheckFailed(
            f"{call} returned None; a list was expected.",
            "one path through the function has no `return`",
            "collect the sampled tokens in a list, and return it; it is empty if nothing was sampled",
        )
    if not isinstance(answer, (list, tuple)):
        raise CheckFailed(f"{call} returned {a_type(answer)}; a list was expected.", step=PAIR)
    found = []
    for entry in answer:
        if not isinstance(entry, (list, tuple)) or len(entry) != 2 or not isinstance(entry[0], str):
            cause = "tokens without ids, or ids without tokens"
            raise CheckFailed(f"{call} returned a list with {shortened(entry)} in it.", cause, PAIR)
        if entry[1] is None:
            raise CheckFailed(
                f"{call} returned (..., None) for {entry[0]!r}.",
                "requests whose chunk closes no gap are returned as well",
                "add an entry only when a token was sampled",
            )
        found.append((str(entry[0]), whole_number(call, entry[1], f"the token of {str(entry[0])!r}")))
    return found


def _why(returned: list[tuple[str, int]], sampled: list[tuple[str, int]]) -> Why:
    if sorted(returned) == sorted(sampled):
        return "the order is not that of the batch", "append to the list in the order of the plan"
    if len(returned) < len(sampled):
        return (
            "only some of the sampled tokens are returned: the list is made anew in the loop, or `return` is in it",
            "make the list before the loop, and return it behind the loop",
        )
    if len(returned) > len(sampled):
        return "tokens are returned that were not sampled, or twice", "append where you call engine.sample"
    return "ids and tokens are not those of this step", "append (request_id, token) where you call engine.sample"


ENGINE_STEP = StepExercise(
    read=sampled_tokens,
    otherwise=("", ""),
    hidden=(
        "a step that works for the visible requests only: one without sampled tokens, one with many requests, or one "
        "after a preemption is different",
        "decide from the two counters alone, and print the plan of each step",
    ),
)
