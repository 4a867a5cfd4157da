"""Exercise 2: what wrong logits say about how they were divided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.check import Check, Why
from labkit.failure import CheckFailed
from labkit.lab_03.arrays import PROVIDED, LogitsCall, LogitsExercise, any_array, close, rounded

INF = float("inf")
PROBABILITIES = ("these are probabilities", "return the logits; softmax comes later")
# What comes back for [3, 1, -1, -inf] at temperature 2, when it is wrong.
WRONG: dict[tuple[float, ...], Why] = {
    (6.0, 2.0, -2.0, -INF): ("the logits are multiplied by T", "divide by it: a T above 1 must flatten"),
    (1.0, -1.0, -3.0, -INF): ("T is subtracted", "divide by it"),
    (5.0, 3.0, 1.0, -INF): ("T is added", "divide by it"),
    (0.75, 0.25, -0.25, -INF): ("the logits are divided by T twice, or by its square", "divide once"),
    (2.1213, 0.7071, -0.7071, -INF): ("the logits are divided by the square root of T", "divide by T itself"),
    (3.0, 1.0, -1.0, -INF): ("the logits came back as they were", "divide by T, and return the result"),
    (0.0, -1.0, -2.0, -INF): ("the largest logit is subtracted as well", "leave the shift to softmax"),
    (0.6652, 0.2447, 0.0900, 0.0): PROBABILITIES,
}


class TemperatureCall(LogitsCall):
    """One call of apply_temperature(logits, temperature)."""

    def without_nan(self) -> np.ndarray:
        """As in every exercise, with a cause of its own."""
        result = self.array()
        is_negative = np.isfinite(self.logits) & (self.logits < 0)
        if np.isnan(result[is_negative]).any():
            raise CheckFailed(
                f"{self} returned NaN for {np.isnan(result).sum()} of {len(result)} tokens.",
                "a negative logit to a fractional power",
                "divide the logits by T: it is the weights that get the power",
            )
        return super().without_nan()

    def should_be(self, expected: Sequence[float], why: Why | None = None) -> None:
        """Raises: CheckFailed unless the returned logits are `expected`."""
        result = self.without_nan()
        if close(result, expected):
            return
        cause, step = why or self._explained(result)
        raise CheckFailed(
            f"{self} returned {rounded(result)}, expected {np.array(expected, dtype=float).tolist()}: "
            f"the first logit is {result[0]:.4g}, expected {expected[0]:.4g} ({result[0] / expected[0]:.2f}x).",
            cause,
            step,
        )

    def _explained(self, result: np.ndarray) -> Why:
        if (result >= 0).all() and close(result.sum(), 1, 1e-4):
            return PROBABILITIES
        if self.args[1] == 2:
            for wrong, why in WRONG.items():
                if close(result, wrong, 1e-3):
                    return why
        return "another operation than logits / T", "compute the first logit / T by hand"


@dataclass(frozen=True, kw_only=True)
class TemperatureExercise(LogitsExercise):
    """apply_temperature."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> TemperatureCall:
        return TemperatureCall(check, args, named)


TEMPERATURE = TemperatureExercise(
    read=any_array,
    provided=PROVIDED,
    otherwise=("", ""),
    hidden=(
        "a number of the example is hard-coded, or the temperature is limited",
        "try very low and very high temperatures",
    ),
)
