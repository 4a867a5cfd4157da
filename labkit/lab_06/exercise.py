"""What the exercises of this lab share: arguments that are only read, and probes of which some may fail."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Exercise, Why
from labkit.failure import CheckFailed
from labkit.kinds import whole_number
from labkit.read_only import ReadOnlyCall

PROVIDED: frozenset[str] = frozenset()  # the modules of mini_vllm that an answer may call
OTHER_ERROR: Why = ("the check raises another error", "write `raise ValueError(...)` there")


class PagingCall(ReadOnlyCall):
    """A call that must leave its lists and arrays unchanged."""

    exercise: "PagingExercise"

    def changed(self, place: int, before: Any, after: Any) -> CheckFailed:
        name = self.exercise.arguments[place]
        return CheckFailed(
            f"{self} changed {name} in place.",
            f"an assignment or a method wrote into {name}, which belongs to the caller",
            f"work on a copy, and only read {name}",
        )

    def should_raise(self, kind: type[Exception] = ValueError) -> None:
        """As in every exercise, with a cause where this call can tell it."""
        try:
            super().should_raise(kind)
        except CheckFailed as failure:
            why = self.exercise.refusals.get(self.key())
            if "was expected" not in failure.what or failure.cause == "the error is returned":
                raise
            if re.search(r"\b(raise|assert)\b", failure.where):
                why = OTHER_ERROR
            if why is None:
                raise
            raise CheckFailed(failure.what, *why, failure.where) from None

    def key(self) -> tuple[Any, ...]:
        """The arguments as a key of a table."""
        return tuple(tuple(a) if isinstance(a, list) else str(a) if isinstance(a, np.ndarray) else a for a in self.args)


@dataclass(frozen=True, kw_only=True)
class PagingExercise(Exercise):
    """An exercise about blocks.

    arguments: their names, for messages.
    edges:     arguments of one call -> likely cause and next step of a wrong value.
    refusals:  the same for a call that should raise, and does not or raises something else.
    raises:    the same for what an answer raises in a call that has a value, by the name of the error.
    """

    read: Callable[[str, Any], Any] = whole_number
    provided: frozenset[str] = PROVIDED
    arguments: tuple[str, ...]
    edges: Mapping[tuple[Any, ...], Why] = field(default_factory=dict)
    refusals: Mapping[tuple[Any, ...], Why] = field(default_factory=dict)
    raises: Mapping[str, Why] = field(default_factory=dict)

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> PagingCall:
        return PagingCall(check, args, named)

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        assert isinstance(call, PagingCall)
        edge = self.edges.get(call.key(), self.otherwise)
        return self.mistakes.get(self.fingerprint(call.check), edge)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        error = failure.error
        if isinstance(error, TypeError) and "positional argument" in str(error):
            return CheckFailed(failure.what, "the line with `def` was changed", "restore its arguments", failure.where)
        assert isinstance(call, PagingCall)
        why = self.edges.get(call.key())
        if not why and not failure.cause:  # the error's own cause is the more exact one
            why = self.raises.get(type(error).__name__)
        return CheckFailed(failure.what, *why, failure.where) if why else failure

    def show(self, argument: Any) -> str:
        if isinstance(argument, list) and len(argument) > 8 and len(set(argument)) == 1:
            return f"[{argument[0]}] * {len(argument)}"
        return super().show(argument)

    def fingerprint(self, check: Check) -> Any:
        """What the probes return, None for one that fails."""
        return tuple(_value_or_none(check(*args)) for args in self.probes)


def _value_or_none(call: Call) -> Any:
    try:
        return call.value()
    except CheckFailed:
        return None
