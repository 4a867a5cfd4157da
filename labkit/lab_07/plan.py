"""Exercise 3: the plan of a step, as a student returns it and as a message shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Check, Exercise, Why
from labkit.failure import CheckFailed, a_type, shortened
from labkit.kinds import whole_number
from labkit.lab_07.lists import PROVIDED, ListCall
from labkit.lab_07.plan_mistakes import Step, why_wrong

Plan = list[tuple[str, int]]  # (request id, tokens), in the order in which they were planned
LIMITS = ("max_num_batched_tokens", "max_num_seqs", "num_free_blocks", "block_size")
# More than the requests of an example can use up, so that an example can lower one limit at a time.
PLENTY = dict(zip(LIMITS, (99, 9, 99, 4)))


def plan(call: str, answer: Any) -> Plan:
    """`answer` as a plain list of (str, int)."""
    if answer is None:
        raise CheckFailed(
            f"{call} returned None; a list was expected.",
            step="end every path of the function with `return`, also for an empty plan",
        )
    if not isinstance(answer, (list, tuple)):
        raise CheckFailed(
            f"{call} returned {shortened(answer)}, {a_type(answer)}; a list of (id, tokens) was expected.",
            step="collect the pairs in a list and return the list",
        )
    found = []
    for pair in answer:
        is_pair = isinstance(pair, (list, tuple)) and len(pair) == 2 and isinstance(pair[0], str)
        if not is_pair:
            cause = "whole requests are returned" if isinstance(pair, (list, tuple)) and len(pair) == 4 else ""
            raise CheckFailed(
                f"{call} returned a list with {shortened(pair)} in it; pairs (id, tokens) were expected.",
                cause,
                "append `(request_id, tokens)`",
            )
        name = str.__str__(pair[0])
        found.append((name, whole_number(call, pair[1], f"the number of tokens of {name!r}")))
    return found


def shown(plan: Sequence[tuple[str, int]]) -> str:
    """A plan as a message shows it: "a 1, b 15"."""
    return ", ".join(f"{request_id} {tokens:,}" for request_id, tokens in plan) or "nothing"


class PlanCall(ListCall):
    """One call of schedule(running, waiting, *limits)."""

    def __init__(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        super().__init__(check, args, named)
        running, waiting, *limits = self.args
        queues = f"running {_ids(running)}; waiting {_ids(waiting)}"
        given = ", ".join(f"{name}={value}" for name, value in zip(LIMITS, limits))
        self.text = f"{check.name} ({queues}; {given})"

    def should_plan(self, **tokens: int) -> None:
        """Raises: CheckFailed unless these requests are planned, in this order, with these numbers of tokens."""
        self.should_be(list(tokens.items()))


@dataclass(frozen=True, kw_only=True)
class PlanExercise(Exercise):
    """schedule."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> PlanCall:
        return PlanCall(check, args, named)

    def same(self, value: Any, expected: Any) -> bool:
        return bool(value == [tuple(pair) for pair in expected])

    def compared(self, call: Call, value: Any, expected: Any) -> str:
        return f"{call} planned {shown(value)}; expected {shown(expected)}."

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        return why_wrong(Step(*call.args), value, expected) or self.otherwise


def _ids(requests: Sequence[tuple[Any, ...]]) -> str:
    return ", ".join(str(request[0]) for request in requests) or "none"


SCHEDULE = PlanExercise(
    read=plan,
    provided=PROVIDED,
    otherwise=(
        "the number of tokens is not what is missing, as far as the budget goes",
        "print each request, what it misses, and what is left of the budget",
    ),
    hidden=(
        "the rules hold for the visible queues only",
        "try several decodes, a decode that needs a new block, an empty queue, and limits of 1",
    ),
)
