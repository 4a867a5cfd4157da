"""The lab's kind of exercise: a function that returns a number, which is right up to rounding."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from labkit.call import AnswerRaised
from labkit.check import Call, Exercise, Why
from labkit.failure import CheckFailed
from labkit.kinds import real_number

T = TypeVar("T")
PROVIDED: frozenset[str] = frozenset()  # the engine's code that an answer may call: none
ROUNDED: Why = ("the result is rounded", "divide with `/`, without round, int or `//`")


@dataclass(frozen=True, kw_only=True)
class NumberExercise(Exercise):
    """A function of numbers that returns a number.

    wrong:     arguments of a call -> {returned number: why}; for a mistake that one call gives away.
    elsewhere: arguments of a call -> why, for every other wrong number of this call.
    rounded:   why, for a number that is the expected one rounded; None where rounding is right.
    mistakes:  as in Exercise; numbers agree up to 2 in 1,000 here.
    """

    read: Any = real_number
    provided: Any = PROVIDED
    wrong: Mapping[tuple[Any, ...], Mapping[float, Why]] = field(default_factory=dict)
    elsewhere: Mapping[tuple[Any, ...], Why] = field(default_factory=dict)
    rounded: Why | None = ROUNDED

    def same(self, value: float, expected: float) -> bool:
        return abs(value - expected) <= 1e-5 * abs(expected)

    def explain(self, call: Call, value: float, expected: float) -> Why:
        for wrong, why in _of(self.wrong, call, {}).items():
            if _is_near(value, wrong):
                return why
        found = self.fingerprint(call.check) if self.mistakes else None
        for several, why in self.mistakes.items():
            if found is not None and all(_is_near(a, b) for a, b in zip(found, several)):
                return why
        if self.rounded is not None and _is_rounded(value, expected):
            return self.rounded
        return _of(self.elsewhere, call, self.otherwise)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        missing = f"{call.check.name}() missing 1 required positional argument: 'bytes_per_param'"
        if missing not in str(failure.error) or "bytes_per_param" in call.named:
            return failure
        return CheckFailed(
            f"{call} failed: bytes_per_param was left out, and it has no default any more.",
            "the line with `def` was changed",
            "put `bytes_per_param=2` back into it",
        )

    def show(self, argument: Any) -> str:
        return f"{argument:g}" if isinstance(argument, float) else super().show(argument)


def _of(table: Mapping[tuple[Any, ...], T], call: Call, default: T) -> T:
    """The entry for a call's arguments; an empty table is not asked, since arguments may be unhashable."""
    return table.get(call.args, default) if table else default


def _is_near(value: float, wrong: float) -> bool:
    return abs(value - wrong) <= 2e-3 * abs(wrong)


def _is_rounded(value: float, expected: float) -> bool:
    """Whether rounding `expected` gives `value`."""
    candidates = (math.floor(expected), math.ceil(expected), *(round(expected, digits) for digits in range(1, 5)))
    return any(abs(value - candidate) <= 1e-5 * abs(candidate) for candidate in candidates)
