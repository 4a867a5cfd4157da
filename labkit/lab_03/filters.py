"""Exercises 3 and 4: which tokens a filter has kept, and what is wrong with the logits that it returned."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labkit.check import Check, Why
from labkit.failure import CheckFailed
from labkit.lab_03.arrays import LogitsCall, LogitsExercise, close, rounded

Kept = tuple[int, ...]


class FilterCall(LogitsCall):
    """One call of top_k_mask(logits, k) or top_p_mask(logits, p)."""

    exercise: "FilterExercise"
    new_array = "work on logits.copy(), or build a new array with np.where"

    def kept(self) -> Kept:
        """The tokens that stay. Raises: CheckFailed."""
        return tuple(np.flatnonzero(self.without_nan() > -np.inf).tolist())

    def should_keep(self, *choices: Collection[int]) -> None:
        """Raises: CheckFailed unless one of these sets of tokens stays, with its logits, and all others are -inf.

        Several sets: equal tokens compete for the last place, and any of them may have it.
        """
        allowed = [tuple(sorted(choice)) for choice in choices]
        result = self.without_nan()
        kept = tuple(np.flatnonzero(result > -np.inf).tolist())
        is_right_set, place = kept in allowed, list(kept)
        if is_right_set and close(result[place], self.logits[place]):
            return
        cause, step = self._explain(result, kept, allowed)
        expected = " or ".join(str(list(choice)) for choice in allowed)
        raise CheckFailed(
            f"{self} kept the tokens {list(kept)}, expected {expected}; it returned {rounded(result)}.", cause, step
        )

    def _explain(self, result: np.ndarray, kept: Kept, choices: list[Kept]) -> Why:
        logits, place = self.logits.astype(np.float64), list(kept)
        removed = np.ones(len(logits), dtype=bool)
        removed[list(choices[0])] = False
        others = result[removed]
        if (result >= 0).all() and close(result.sum(), 1, 1e-4):
            return "these are probabilities", "return logits; softmax comes after the filters"
        if kept in choices:
            if place and close(result[place], logits[place] - np.logaddexp.reduce(logits[place]), 1e-4):
                return (
                    "what is left is renormalized already",
                    "keep each logit as it was; the next softmax renormalizes",
                )
            return (
                "the right tokens stay, but with other logits",
                "keep each logit as it was; the next softmax renormalizes",
            )
        if place and close(np.sort(result[place]), np.sort(logits)[-len(place) :]):
            if not close(result[place], logits[place]):
                return "the result is sorted, not in vocabulary order", "keep each logit in its place"
        if len(kept) == len(logits) and others.size and close(others, np.zeros_like(others)):
            return "0 is used as the mask, and 0 is a logit like any other", "use -np.inf"
        if others.size and (others < -1e3).all() and np.isfinite(others).all():
            return "a large negative number is used as the mask, and it still has a probability", "use -np.inf"
        return self.exercise.why(self, kept) or self.exercise.otherwise


@dataclass(frozen=True, kw_only=True)
class FilterExercise(LogitsExercise):
    """A filter.

    choices: (k or p, the tokens that stay) -> likely cause and next step, for the logits of the example.
    """

    choices: Mapping[tuple[float, Kept], Why] = field(default_factory=dict)

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> FilterCall:
        return FilterCall(check, args, named)

    def why(self, call: FilterCall, kept: Kept) -> Why | None:
        """What a wrong choice of tokens says; None if nothing is known."""
        return self.choices.get((call.args[1], kept))


def cut_by_position(call: FilterCall, kept: Kept) -> bool:
    """Whether of equal logits some stay and some do not."""
    stays = {float(call.logits[token]) for token in kept}
    return any(float(x) in stays for token, x in enumerate(call.logits) if token not in kept)


def distinct(call: FilterCall, kept: Kept) -> int:
    """How many different logits stay."""
    return len({float(call.logits[token]) for token in kept})
