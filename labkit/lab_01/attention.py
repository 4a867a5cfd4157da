"""Exercise 3: what a wrong attention step says about how it was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Exercise
from labkit.failure import CheckFailed, rounded_list
from labkit.lab_01.attention_answer import check_rows, float_array_of, pair_of

WEIGHTS = "print the weights: their sum over the tokens must be 1"
SWAPPED = ("keys and values are swapped: V is scored and K is mixed", "score with K, mix V")
SCORES_AS_WEIGHTS = ("softmax is missing: the scores themselves are the weights", "turn the scores into weights first")
SHAPES = ("matmul", "number of dimensions", "concatenat", "along dimension", "broadcast", "not aligned", "shape")
PRINT_SHAPES = "print K.shape, V.shape and the scores' shape: K is (t + 1, d), the scores are (t + 1,)"
# What `out` is for the three tokens below, when it is wrong.
WRONG_OUT = {
    (2.0, 4.0, 0.0, 0.0): ("the new token does not attend to itself", "append k and v before you score"),
    (1.4471, 2.0465, 2.5065, 0.0): (
        "the scores are divided by d, not by its square root",
        "check what you divide by: here it is 2",
    ),
    (0.4286, 1.7143, 3.8571, 0.0): ("the scores are not scaled", "divide them by the square root of d"),
    (0.0612, 0.9796, 4.9592, 0.0): ("the scores are multiplied by the square root of d", "divide them by it"),
    (6.0, 6.0, 6.0, 0.0): ("softmax ran over the wrong axis, so that every weight is 1", WEIGHTS),
    (2.0, 2.0, 2.0, 0.0): (
        "softmax ran over the wrong axis or over equal scores, so that all weights are equal",
        "print the scores, then the weights",
    ),
    (6.0, 12.0, 18.0, 0.0): ("the weights are not divided by their sum", WEIGHTS),
    (0.0, 4.1589, 6.5917, 0.0): SCORES_AS_WEIGHTS,
    (0.0, 8.3178, 13.1833, 0.0): SCORES_AS_WEIGHTS,
    (0.0, 0.0, 6.0, 0.0): ("the new token attends to itself only", "score the cached keys, too"),
    (0.0044, 4.9704, -0.9803, 0.4951): SWAPPED,
    (0.0, 4.9999, -1.0, 0.5): ("keys and values are swapped, and the scores are not scaled", "score with K, mix V"),
}


def three_tokens() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(q, keys, values) to check by hand: d = 4, and q gives the three tokens the weights 1 : 2 : 3.

    q: shape (4,). keys, values: shape (3, 4); value i is 6 at place i, 0 elsewhere.
    """
    q = np.array([2.0, 0.0, 0.0, 0.0])
    rest = np.array([[5.0, -1.0, 0.5], [-3.0, 2.0, 1.0], [1.0, 4.0, -2.0]])
    keys = np.column_stack((np.log([1.0, 2.0, 3.0]), rest))
    return q, keys, 6 * np.eye(3, 4)


class AttentionCall(Call):
    """One call of attention_step(q, k, v, cache)."""

    def __str__(self) -> str:
        cache = self.args[3]
        return f"attention_step with {'cache=None' if cache is None else f'{len(cache[0])} cached'}"

    def step(self) -> tuple[np.ndarray, tuple[Any, Any]]:
        """(out as a plain array, the returned pair as it is), with types, shapes and side effects checked."""
        given = [np.array(a) for a in _arrays(self.args)]
        out, (K, V) = pair_of(self, self.value())
        rows, d = len(given[3]) if len(given) > 3 else 0, len(given[0])
        plain = {
            name: float_array_of(self, name, array, shape, rows)
            for name, array, shape in (("out", out, (d,)), ("K", K, (rows + 1, d)), ("V", V, (rows + 1, d)))
        }
        now = [np.asarray(a) for a in _arrays(self.args)]
        if len(now) != len(given) or not all(np.array_equal(a, b) for a, b in zip(now, given)):
            raise CheckFailed(
                f"{self} changed its arguments in place: q, k, v or the caller's cache are not what they were.",
                "an in-place operation such as `+=`, `[...] =` or resize on an array that you were given",
                "build new arrays, for example with np.vstack",
            )
        check_rows(self, plain["K"], plain["V"], given)
        return plain["out"], (K, V)

    def should_give(self, expected: Sequence[float]) -> None:
        """Raises: CheckFailed unless `out` is `expected`, and the pair holds the cached rows and the new one."""
        out, _ = self.step()
        if np.allclose(out, expected, atol=1e-4):
            return
        cause, step = "a step of the formula is missing or differs", "compute the scores by hand and compare"
        for wrong, explanation in WRONG_OUT.items():
            if len(out) == len(wrong) and np.allclose(out, wrong, atol=2e-3):
                cause, step = explanation
        if self.args[3] is None:
            cause, step = "with one token the only weight must be 1", "print the weights of the first step"
        raise CheckFailed(f"{self}: out is {rounded_list(out)}, expected {rounded_list(expected)}.", cause, step)


@dataclass(frozen=True, kw_only=True)
class AttentionExercise(Exercise):
    """attention_step, and what its errors say."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> AttentionCall:
        return AttentionCall(check, args, named)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        text = str(failure.error)
        if any(sign in text for sign in ("item assignment", "read-only", "resize")):
            return CheckFailed(
                f"{call} tried to write into the caller's cache in place.",
                "an assignment into cache or one of its arrays, or a resize",
                "build new arrays of t + 1 rows and return those",
                failure.where,
            )
        if call.args[3] is None and "NoneType" in text:
            return CheckFailed(failure.what, "the first token has no cache", "handle `cache is None`", failure.where)
        if isinstance(failure.error, ValueError) and any(sign in text for sign in SHAPES):
            return CheckFailed(failure.what, "shapes do not fit", PRINT_SHAPES, failure.where)
        if "axis" in text:
            return CheckFailed(
                failure.what, "an operation over the wrong axis", "print the shapes on the way", failure.where
            )
        return failure


ATTENTION = AttentionExercise(
    read=lambda call, answer: answer,
    otherwise=("", ""),
    hidden=(
        "a size of the example is hard-coded, for example 2 for the square root of d",
        "try vectors of another length",
    ),
)


class Steps:
    """attention_step for several tokens, one after the other from cache=None.

    outs: what each step returned. Each returned pair is passed on and used twice, so that one which is written into
    later is noticed.
    """

    def __init__(self, step: Check, qs: np.ndarray, keys: np.ndarray, values: np.ndarray) -> None:
        self.outs: list[np.ndarray] = []
        cache: Any = None
        for q, k, v in zip(qs, keys, values):
            before = [np.array(part) for part in cache or ()]
            out, following = _taken(step, q, k, v, cache)
            if cache is not None:
                _taken(step, q, keys[0], values[0], cache)
                kept = all(np.array_equal(np.array(now), old) for now, old in zip(cache, before))
                if not kept or not np.allclose(np.array(following[0])[-1], k):
                    raise CheckFailed(
                        "attention_step changed a cache that it had returned earlier.",
                        "rows are written in place into a shared or global array",
                        "return new arrays each time",
                    )
            cache = following
            self.outs.append(out)

    def should_end_with(self, expected: Sequence[float]) -> None:
        """Raises: CheckFailed unless the last step's `out` is `expected`."""
        if not np.allclose(self.outs[-1], expected, atol=1e-4):
            raise CheckFailed(
                f"{len(self.outs)} steps from cache=None: out is {rounded_list(self.outs[-1])}, "
                f"expected {rounded_list(expected)}.",
                "the pair that a step returns is not what the next one needs",
                "print the shapes of K after each step",
            )


def _taken(step: Check, *args: Any) -> tuple[np.ndarray, tuple[Any, Any]]:
    call = step(*args)
    assert isinstance(call, AttentionCall)
    return call.step()


def _arrays(args: Sequence[Any]) -> list[Any]:
    """q, k, v, and the two arrays of a cache that is not None."""
    q, k, v, cache = args
    return [q, k, v, *(cache or ())]
