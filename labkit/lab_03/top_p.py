"""Exercise 4: what the tokens that stay say about how they were chosen."""

from dataclasses import dataclass

import numpy as np

from labkit.check import Why
from labkit.failure import CheckFailed
from labkit.lab_03.arrays import PROVIDED, any_array, close
from labkit.lab_03.filters import FilterCall, FilterExercise, Kept

EXAMPLE = np.log([0.125, 0.5, 0.125, 0.25])
BEFORE = "keep a token while the mass BEFORE it is below p"
CROSSING = "the token that crosses p is dropped, or each token's own probability is compared with a limit"
BRING_BACK = "use the positions from argsort to bring it back"
PERMUTATION = (
    "the mask is in sorted order, and is brought back by the wrong permutation",
    "order[condition] are the places that stay",
)
ONE_MORE = ("one token too many stays after the crossing", BEFORE)
ONE_OF_ALL = ("p = 1 keeps one token: nothing is above 1, and a search for it fails", "return early for p = 1")
WITHOUT_SUM = ("exp(logits) is taken for the probabilities without dividing by the sum", "use your softmax")
ROUNDED = ("the running sum rounds to 1 before the rare tokens come", "return early for p = 1")
MASKED = (
    "a token that is filtered out already comes back, or disturbs the sum",
    "print the probabilities for this input",
)
# (p, what stays) for the probabilities .125, .5, .125, .25, when it is wrong.
WRONG: dict[tuple[float, Kept], Why] = {
    (0.3, ()): (
        "the token that crosses p is dropped and nothing is left to draw, or each token is compared with a limit",
        BEFORE,
    ),
    (0.3, (0, 1, 2, 3)): (
        "nothing is filtered out: the running sum is not one of probabilities, or is not used",
        "softmax first; then print the running sum",
    ),
    (0.3, (0, 2, 3)): (
        "the sort is ascending, the kept and the masked are swapped, or something other than probabilities is summed",
        "print the sorted probabilities, their running sum, and what stays",
    ),
    (0.3, (1, 3)): (
        "one token too many stays after the crossing, or p is compared with something other than the running sum",
        BEFORE,
    ),
    (0.3, (0,)): ("the mask is in sorted order, and lands on other tokens", BRING_BACK),
    (0.3, (2,)): PERMUTATION,
    (0.3, (3,)): PERMUTATION,
    (0.3, (0, 1)): ("the cut is made in vocabulary order", "sort by probability first"),
    (0.6, ()): (
        "each token's own probability is compared with p",
        "compare the running sum of the sorted probabilities",
    ),
    (0.6, (1,)): (CROSSING, BEFORE),
    (0.6, (0, 1, 2, 3)): (
        "the sort is ascending, so that the likeliest token comes last",
        "sort the negative probabilities",
    ),
    (0.6, (0, 1)): ("the mask is in sorted order, or the cut is made in vocabulary order", BRING_BACK),
    (0.6, (0, 1, 3)): ONE_MORE,
    (0.6, (1, 2, 3)): ONE_MORE,
    (0.8, (1, 3)): (CROSSING, BEFORE),
    (0.8, (0, 1, 2, 3)): (
        "all tokens as likely as the last one stay, though the set was large enough",
        "cut the sorted list by place, not by value",
    ),
    (1.0, (1,)): ONE_OF_ALL,
    (1.0, (0,)): ONE_OF_ALL,
    (1.0, ()): ("p = 1 filters everything", "return early for p = 1"),
}


@dataclass(frozen=True, kw_only=True)
class TopPExercise(FilterExercise):
    """top_p_mask."""

    def why(self, call: FilterCall, kept: Kept) -> Why | None:
        p = call.args[1]
        if np.isneginf(call.logits).any():
            return MASKED
        if close(call.logits, EXAMPLE):
            return super().why(call, kept)
        if close(call.logits - call.logits[0], EXAMPLE - EXAMPLE[0]):
            return WITHOUT_SUM
        if p == 1:  # another mistake than a sum that rounds to 1 too early shows in the example, too
            example = FilterCall(call.check, [EXAMPLE], {"p": 1.0})
            try:
                return self.choices.get((1.0, example.kept()), ROUNDED)
            except CheckFailed:
                return ROUNDED
        return None


TOP_P = TopPExercise(
    read=any_array,
    provided=PROVIDED,
    choices=WRONG,
    otherwise=("the choice of tokens", "print the sorted probabilities and their running sum"),
    hidden=(
        "a number of the example is hard-coded, or logits that are large or -inf already are treated differently",
        "try longer rows, in which the likeliest token can be anywhere",
    ),
)
