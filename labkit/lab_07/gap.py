"""Exercise 5: what wrong gaps say about which steps were counted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Exercise
from labkit.failure import CheckFailed, cut
from labkit.kinds import real_number
from labkit.lab_07.lists import PROVIDED, ListCall


@dataclass(frozen=True, kw_only=True)
class GapExercise(Exercise):
    """longest_gap(plan_of_steps, request_id, seconds_per_step)."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> "GapCall":
        return GapCall(check, args, named)

    def same(self, value: Any, expected: Any) -> bool:
        return math.isclose(value, expected, rel_tol=1e-6, abs_tol=1e-9)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        if isinstance(failure.error, (ValueError, IndexError)):
            return CheckFailed(
                failure.what,
                "with fewer than two tokens there is no gap: max() gets an empty list, or a list has no such element",
                "ask what to return for one token, and for none",
                failure.where,
            )
        return failure

    def fingerprint(self, check: Check) -> Any:
        found = super().fingerprint(check)
        return found if found is None else tuple(round(value, 3) for value in found)


class GapCall(ListCall):
    """One call; the message shows a step as the ids in it."""

    def __init__(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        super().__init__(check, args, named)
        plans, request_id, seconds = self.args
        steps = " | ".join(" ".join(name for name, _ in plan) or "-" for plan in plans)
        self.text = cut(f"{check.name} of {request_id!r} in the steps {steps} of {seconds} seconds", 150)


# The seconds of the steps are powers of two, so a sum tells which steps are in it.
PLANS = [[("a", 1), ("aa", 1)], [("a", 1), ("b", 5)], [("b", 7)], [("a", 1), ("b", 2)], [("aa", 1)], [("b", 1)]]
PROBES: tuple[tuple[Any, ...], ...] = (
    (PLANS, "a", [1, 2, 4, 8, 16, 32]),
    (PLANS, "aa", [1, 2, 4, 8, 16, 32]),
    ([[("b", 4)], *PLANS], "a", [64, 32, 2, 8, 4, 1, 16]),
    ([[("b", 4)], [("a", 1)]], "a", [64, 32]),
    (PLANS, "a", [8, 16, 4, 1, 2, 32]),
)
BETWEEN = "mark the ends of the steps on a line, and the two tokens around the longest pause"
BEFORE = "ask what lies before the first token: is it a time between two tokens?"
AFTER = "ask what lies after the last token: is it a time between two tokens?"
WHOLE = "ask how long the reader waits while other requests have a step of their own"

LONGEST_GAP = GapExercise(
    read=real_number,
    unit="s",
    provided=PROVIDED,
    probes=PROBES,
    mistakes={
        (7, 30, 7, 0, 10.5): ("this is the mean of the gaps, and a reader notices the longest", "take the largest gap"),
        (14, 30, 14, 0, 21): ("this is the time from the first token to the last: all gaps together", BETWEEN),
        (2, 30, 2, 0, 5): ("this is the shortest gap", "take the largest gap"),
        (12, 30, 12, 0, 5): ("this is the last gap", "compare all gaps"),
        (2, 30, 2, 0, 16): ("this is the first gap", "compare all gaps"),
        (8, 16, 32, 32, 16): ("only the steps that plan the request are timed, not the steps between them", WHOLE),
        (8, 16, 4, 0, 16): ("only the steps that plan the request are timed, not the steps between them", WHOLE),
        (6, 15, 32, 0, 20): (
            "the gap is measured from the start of one step to the start of the next",
            "a token comes at the END of its step",
        ),
        (14, 31, 34, 0, 24): (
            "the step of the earlier token is in the gap as well",
            "a token comes at the END of its step",
        ),
        (4, 14, 8, 0, 4): ("the step that makes the later token is left out", "a token comes at the END of its step"),
        (4, 14, 64, 64, 4): ("the step that makes the later token is left out", "a token comes at the END of its step"),
        (0, 0, 0, 0, 0): (
            "no token of the request is found: a plan holds pairs, not ids",
            "compare request_id with the first element of each pair",
        ),
        (12, 0, 12, 0, 16): (
            "only the first pair of each plan is looked at",
            "look for the request in the whole plan",
        ),
        (12, 30, 96, 96, 16): ("the time to the first token counts as a gap", BEFORE),
        (15, 31, 110, 96, 29): ("the time is never set back at a token, and counts from the start", BETWEEN),
        (48, 32, 17, 0, 34): ("the time after the last token counts as a gap", AFTER),
        (48, 32, 96, 96, 34): ("the time before the first token, or after the last, counts as a gap", BEFORE),
        (2, 4, 2, 0, 2): ("steps are counted, not seconds", "add up `seconds_per_step` over the steps of the gap"),
        (32, 32, 64, 64, 32): ("this is the longest step of all, whoever is in it", BETWEEN),
        (16, 30, 12, 0, 16): (
            "another request whose id begins or ends alike is taken for this one",
            "compare ids with ==; `in` finds a part of a text",
        ),
        (52, 46, 89, 64, 38): ("all steps without the request are added up", BETWEEN),
        (16, 64, 8, 0, 16): ("the number of steps is multiplied by the last one's time", BETWEEN),
        (2, 4, 128, 0, 16): ("every step counts as long as the first one", "add up the seconds of the gap's own steps"),
        (21, 42, 36.286, 0, 21): (
            "every step counts with the mean of all steps",
            "add up the seconds of the gap's own steps",
        ),
        (10, 17, 10, 0, 10): ("tokens of work are added up, not seconds", "use `seconds_per_step`"),
        (12000, 30000, 12000, 0, 16000): ("this is in milliseconds", "return seconds, as they come in"),
        (6, 15, 2, 0, 8): (
            "two steps' durations are subtracted, as if they were times of day",
            "add up the steps first: that gives the time at which each one ends",
        ),
    },
    otherwise=("other steps are added up than those between two tokens", BETWEEN),
    hidden=("the rule holds for the visible steps only", "try a request with one token, and steps without it"),
)
