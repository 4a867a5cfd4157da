"""Exercise 6, the fault to find: how often a sampler draws each token, counted exactly."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.check import Call, Check, Exercise, Why
from labkit.failure import CheckFailed
from labkit.lab_03.arrays import PROVIDED, any_array, show_logits
from labkit.lab_03.draw import GlobalGenerators, one_token
from labkit.lab_03.uniform import rng_giving

LINE = "print the largest point that is possible, and where on the line the last piece ends"
# How often tokens 1 and 3 are drawn in the example -> likely cause, next step.
WRONG: dict[tuple[tuple[int, int], ...], Why] = {
    ((1, 19), (3, 9)): ("the end of the last piece of the line is never hit", LINE),
    ((1, 11), (3, 17)): (
        "the points reach past the last piece, and those beyond it all give the last token",
        LINE,
    ),
    ((1, 23), (3, 5)): ("the points end far below the end of the last piece", LINE),
    ((1, 8), (3, 20)): (
        "the points reach far past the last piece, and those beyond it all give the last token",
        LINE,
    ),
    ((1, 28),): ("only the likeliest token is drawn", "check what the point is compared with"),
    ((3, 28),): ("only one of the two tokens is drawn", "check what the point is compared with"),
    ((1, 12), (3, 16)): (
        "the pieces are swapped: each token has the share of the other one",
        "walk through the tokens and their probabilities in the same order",
    ),
}
ALIKE = ("every token that stays is drawn alike", "compare the point with the probabilities")
OUTSIDE = ("a token is drawn that top-p filtered out", "walk through the tokens that stay, and no others")
DESCENDING = (1, 1, 3, 0)  # what comes back at p = 1, where the pieces lie in another order
ORDER = ("the shares are right, but the pieces are not in vocabulary order", "print the pieces, and where each begins")


class NucleusCall(Call):
    """nucleus_draw(logits, p, rng), once for each uniform number that rng is to give."""

    exercise: "NucleusExercise"

    def __init__(self, check: Check, args: Sequence[Any], named: Mapping[str, Any]) -> None:
        """args: the probabilities; named: p."""
        super().__init__(check, (np.log(args[0]), named["p"]), {})
        self.text = f"{check.name}({show_logits(self.args[0])}, p={self.args[1]})"

    def tokens(self, numbers: Iterable[float]) -> list[int]:
        """The token for each uniform number. Raises: CheckFailed."""
        global_rngs, (logits, p) = GlobalGenerators(), self.args
        tokens = [
            one_token(f"{self} with u = {u:.3g}", self.check.function, logits.copy(), p, rng_giving(u), global_rngs)
            for u in numbers
        ]
        global_rngs.check(str(self))
        return tokens

    def should_share(self, expected: Mapping[int, int]) -> None:
        """Raises: CheckFailed unless evenly spaced uniform numbers give each token as often as expected.

        expected: token -> how often it comes; the counts add up to how many numbers are given.
        """
        count = sum(expected.values())
        found = Counter(self.tokens((i + 0.5) / count for i in range(count)))
        if found == expected:
            return
        counts = {token: found[token] for token in sorted({*found, *expected})}
        raise CheckFailed(
            f"{self}: {count} evenly spaced u give the counts {counts}, expected {dict(expected)}.",
            *self._why(found, expected),
        )

    def should_give(self, expected: Mapping[float, int]) -> None:
        """Raises: CheckFailed unless each uniform number gives its token. expected: u -> token."""
        tokens = self.tokens(expected)
        if tokens != list(expected.values()):
            raise CheckFailed(
                f"{self} returned the tokens {tokens} for u = {list(expected)}, expected {list(expected.values())}.",
                *(ORDER if tuple(tokens) == DESCENDING else self.exercise.otherwise),
            )

    def _why(self, found: Counter[int], expected: Mapping[int, int]) -> Why:
        if not found.keys() <= expected.keys():
            return OUTSIDE
        known = self.exercise.mistakes.get(tuple(sorted(found.items())))
        if known is None and len(set(found.values())) == 1 and len(found) == len(expected):
            return ALIKE
        return known or self.exercise.otherwise


@dataclass(frozen=True, kw_only=True)
class NucleusExercise(Exercise):
    """nucleus_draw, with a call for each uniform number."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> NucleusCall:
        return NucleusCall(check, args, named)


NUCLEUS_DRAW = NucleusExercise(
    read=any_array,
    provided=PROVIDED,
    mistakes=WRONG,
    otherwise=("the pieces are not as long as the probabilities say", LINE),
    hidden=(
        "the mass that stays is taken for granted, or an example value is hard-coded",
        "try several p, and print for each how much probability stays",
    ),
)
