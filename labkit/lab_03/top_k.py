"""Exercise 3: what the tokens that stay say about how they were chosen."""

from dataclasses import dataclass

from labkit.call import AnswerRaised
from labkit.check import Call, Why
from labkit.failure import CheckFailed
from labkit.lab_03.arrays import PROVIDED, any_array
from labkit.lab_03.filters import FilterCall, FilterExercise, Kept, cut_by_position, distinct

COMPARE = "print the value that you compare with"
SORTED = "put the mask back in vocabulary order"
OFF = "0 switches the filter off"
# (k, what stays) for the five logits of the example, when it is wrong.
WRONG: dict[tuple[float, Kept], Why] = {
    (2, (0, 1, 3)): ("k + 1 tokens stay", "count from the end of the sorted logits: its last element is number 1"),
    (2, (1,)): (
        "the k-th largest is dropped, or the logits are compared with k itself or with a position from argsort",
        "compare with >=; argsort gives a place, and it is the value there that you need; the last one is number 1",
    ),
    (2, (2, 4)): ("the k smallest stay", "sort the other way round"),
    (2, (0, 2, 4)): ("the k largest are masked, and the others stay", "swap the two branches of your condition"),
    (2, (0, 1)): ("the first k places stay, whatever is in them: the mask is in sorted order", SORTED),
    (2, (3, 4)): ("the last k places stay, whatever is in them: the mask is in sorted order", SORTED),
    (2, ()): ("nothing stays", COMPARE),
    (2, (0, 1, 2, 3, 4)): ("nothing is filtered out", COMPARE),
    (0, ()): ("k = 0 filters everything", OFF),
    (0, (1,)): ("k = 0 keeps one", OFF),
    (-1, (0, 1, 3, 4)): ("-1 is used as an index", "-1 switches the filter off"),
    (-1, ()): ("k = -1 filters everything", "-1 switches the filter off"),
}


@dataclass(frozen=True, kw_only=True)
class TopKExercise(FilterExercise):
    """top_k_mask, and what its errors say."""

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        if call.args[1] >= len(call.args[0]):
            return CheckFailed(
                failure.what,
                "k reaches past the end of the vocabulary",
                "return the logits unchanged if k is V or more",
                failure.where,
            )
        return super().raised(call, failure)

    def why(self, call: FilterCall, kept: Kept) -> Why | None:
        k = call.args[1]
        if len(set(call.logits.tolist())) == len(call.logits):
            return super().why(call, kept)
        if cut_by_position(call, kept):
            return (
                "of equal logits only some stay: the cut is made by position",
                "cut by value: what ties with the k-th stays",
            )
        if distinct(call, kept) == k:
            return "equal logits are counted once", "sort all logits, not the set of their values"
        return None


TOP_K = TopKExercise(
    read=any_array,
    provided=PROVIDED,
    choices=WRONG,
    otherwise=("the choice of tokens", "print the k-th largest logit, and what you compare with it"),
    hidden=(
        "a number of the example is hard-coded, or logits that are -inf or equal already are treated differently",
        "try longer rows, some with -inf and some with ties",
    ),
)
