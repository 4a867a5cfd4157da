"""Exercise 1: what wrong probabilities say about how they were made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.call import AnswerRaised, answer_of
from labkit.check import Call, Check, Why
from labkit.failure import CheckFailed
from labkit.lab_03.arrays import PROVIDED, LogitsCall, LogitsExercise, any_array, close, rounded
from labkit.lab_03.softmax_mistakes import TOO_COARSE, WRONG, explain_rows

LARGE = 1000.0  # a logit of this size overflows in exp


class SoftmaxCall(LogitsCall):
    """One call of softmax(logits)."""

    def should_be(self, expected: Sequence[Any], why: Why | None = None) -> None:
        """Raises: CheckFailed unless the probabilities are `expected`; large logits are tried in float32, too."""
        wanted = np.array(expected, dtype=np.float64)
        self._check(wanted, why)
        if self.is_large:
            SoftmaxCall(self.check, [self.logits.astype(np.float32)], {})._check(wanted, why)

    @property
    def is_large(self) -> bool:
        return bool((np.abs(self.logits[np.isfinite(self.logits)]) > LARGE).any())

    def _check(self, expected: np.ndarray, why: Why | None) -> None:
        probs, is_zero = self.array(), expected == 0
        tolerance = 2e-5 if self.logits.dtype == np.float64 else 1e-3
        if not close(probs, expected, tolerance) or probs[is_zero].any():
            cause, step = why or self._explain(probs, expected)
            raise CheckFailed(self._compared(probs, expected), cause, step)
        if self.is_large:
            self._check_overflow()

    def _compared(self, probs: np.ndarray, expected: np.ndarray) -> str:
        if np.isnan(probs).any():
            got = f"NaN for {np.isnan(probs).sum()} of {probs.size} tokens"
            return f"{self} returned {got}, expected {expected.tolist()}."
        exact = ", with an exact 0" if (expected == 0).any() else ""
        sums = "" if probs.ndim > 1 else f", which sums to {probs.sum():.4g}"
        return f"{self} returned {rounded(probs)}{sums}; expected {expected.tolist()}{exact}."

    def _explain(self, probs: np.ndarray, expected: np.ndarray) -> Why:
        if close(probs, expected, 2e-3) and not (expected == 0).any():
            return TOO_COARSE
        if probs.ndim > 1:
            return explain_rows(probs, self.is_large)
        if np.isneginf(self.logits).any() and np.isnan(probs).any():
            return (
                "-inf was multiplied by 0, subtracted from -inf, or went into a mean",
                "print what you subtract: it must be 0 here",
            )
        if (expected == 0).any():
            return "a small number is added, or -inf is replaced", "leave -inf alone; np.exp(-np.inf) is 0"
        if self.is_large and np.isnan(probs).any():
            return (
                "exp overflows to inf, or all weights underflow to 0, because the maximum is not subtracted",
                "subtract the largest logit of the row before exp",
            )
        if self.is_large:
            return (
                "large logits are clipped, the result is rounded, or what is subtracted is not the row's largest logit",
                "subtract the largest logit of the row; clip and round nothing",
            )
        for wrong, why in WRONG.items():
            if close(probs, wrong, 1e-3):
                return why
        return "a step of the formula is missing", "compute exp(x) of the four logits by hand, then their shares"

    def _check_overflow(self) -> None:
        """An overflow on the way is a warning as a rule; here it is an error."""
        function = self.check.function

        def softmax(logits: np.ndarray) -> Any:
            with np.errstate(over="raise", invalid="raise"):
                return function(logits)

        try:
            answer_of(str(self), softmax, [self.logits.copy()], self.exercise.provided)
        except AnswerRaised as failure:
            if not isinstance(failure.error, FloatingPointError):
                raise
            raise CheckFailed(
                f"{self} is right, but overflows on the way ({failure.error}), which makes numpy warn.",
                "exp is taken of the logits themselves somewhere",
                "subtract the largest logit of the row before every exp",
                failure.where,
            ) from failure.error


@dataclass(frozen=True, kw_only=True)
class SoftmaxExercise(LogitsExercise):
    """softmax, and what its errors say."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> SoftmaxCall:
        return SoftmaxCall(check, args, named)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        error, why = failure.error, ("", "")
        logits = call.args[0]
        if "axis 1 is out of bounds" in str(error):
            why = "a single row has no axis 1", "use axis=-1"
        elif isinstance(error, (OverflowError, FloatingPointError)):
            why = "exp of a large logit overflows", "subtract the largest logit of the row first"
        elif type(error) is ValueError and np.isneginf(logits).any():
            why = (
                "every -inf is refused, but only a row that is all -inf has no distribution",
                "look at the row's largest logit",
            )
        elif logits.ndim == 2:
            why = (
                "a maximum or a sum of several rows does not fit the rows",
                "use axis=-1 and keepdims=True, and print the shapes",
            )
        return CheckFailed(failure.what, *why, failure.where) if why[0] else failure


SOFTMAX = SoftmaxExercise(
    read=any_array,
    provided=PROVIDED,
    otherwise=("", ""),
    hidden=(
        "a size or a number of the example is hard-coded, or a row is shifted by a fixed number",
        "try one token alone, then rows of other lengths and sizes",
    ),
)
