"""Exercise 4: what the wrong request to preempt says about how it was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Check, Exercise
from labkit.failure import CheckFailed, a_type, shortened
from labkit.lab_07.lists import PROVIDED, ListCall


def request_id(call: str, answer: Any) -> str:
    """`answer` as a plain str."""
    if isinstance(answer, str):
        return str.__str__(answer)
    if answer is None:
        raise CheckFailed(f"{call} returned None; the id of a request was expected.", step="end with `return`")
    what = f"{call} returned {shortened(answer)}, {a_type(answer)}; the id of a request, a str, was expected."
    if isinstance(answer, (tuple, list)):
        raise CheckFailed(what, "the whole request is returned, or a list", "return the request's first element")
    raise CheckFailed(what, "the place of the request, or one of its numbers, is returned", "return its id")


@dataclass(frozen=True, kw_only=True)
class VictimExercise(Exercise):
    """victim(running)."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> ListCall:
        return ListCall(check, args, named)

    def compared(self, call: Call, value: Any, expected: Any) -> str:
        return f"{call} returned {value!r}, expected {expected!r}."

    def show(self, argument: Any) -> str:
        return shortened(argument, 130)


PROBES: tuple[tuple[Any, ...], ...] = (
    ([("k", 9, 7, 2), ("z", 30, 12, 3), ("a", 5, 2, 1), ("m", 12, 11, 2)],),
    ([("b", 40, 37, 10), ("c", 3, 1, 1), ("d", 20, 4, 2), ("h", 8, 5, 9)],),
)
ARRIVAL = "ask who would lose most if the newest could push out the oldest; `running` is in order of arrival"
BY_SIZE = "the rule looks at arrival alone"

VICTIM = VictimExercise(
    read=request_id,
    provided=PROVIDED,
    probes=PROBES,
    mistakes={
        ("k", "b"): ("the request that came first is preempted: the one with the most work to lose", ARRIVAL),
        ("a", "d"): ("the last but one is preempted", "the last element has the index -1"),
        ("z", "c"): ("the second request is preempted", "the last element has the index -1"),
        ("z", "d"): ("the request with the most tokens left is preempted", BY_SIZE),
        ("m", "c"): ("the request with the fewest tokens left is preempted", BY_SIZE),
        ("z", "b"): ("the longest request, or the one with the most blocks, is preempted", BY_SIZE),
        ("a", "c"): ("the shortest request, or the one with the fewest blocks, is preempted", BY_SIZE),
        ("a", "b"): ("the smallest id is preempted", "an id says nothing of the order of arrival"),
        ("z", "h"): ("the largest id is preempted", "an id says nothing of the order of arrival"),
    },
    otherwise=("the choice depends on something other than the order of arrival", BY_SIZE),
    hidden=("the choice depends on the number of requests, or on their ids", "try one request, and many"),
)
