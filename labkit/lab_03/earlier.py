"""Whether the reason for a failure lies in an earlier exercise that the answer calls."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from labkit.call import answer_of, name_of
from labkit.failure import CheckFailed
from labkit.lab_03.arrays import PROVIDED

INF = float("inf")
LOGITS, PROBS = [1.0, 3.0, -1.0, 1.5, 0.5], np.log([0.125, 0.5, 0.125, 0.25])
# What the visible tests of each exercise show: arguments and the result.
Example = tuple[tuple[Any, ...], Any]
VISIBLE: dict[str, list[Example]] = {
    "softmax": [
        ((PROBS,), [0.125, 0.5, 0.125, 0.25]),
        (([0.0, -INF, 0.0],), [0.5, 0.0, 0.5]),
        ((np.log([[1, 1, 2], [6, 3, 1]]),), [[0.25, 0.25, 0.5], [0.6, 0.3, 0.1]]),
    ],
    "apply_temperature": [
        (([3.0, 1.0, -1.0, -INF], 2.0), [1.5, 0.5, -0.5, -INF]),
        (([3.0, 1.0, -1.0, -INF], 0.5), [6.0, 2.0, -2.0, -INF]),
    ],
    "top_k_mask": [
        ((LOGITS, 2), [-INF, 3.0, -INF, 1.5, -INF]),
        ((LOGITS, 1), [-INF, 3.0, -INF, -INF, -INF]),
        ((LOGITS, 0), LOGITS),
        ((LOGITS, -1), LOGITS),
        ((LOGITS, 1000), LOGITS),
    ],
    "top_p_mask": [
        ((PROBS, 0.3), [-INF, PROBS[1], -INF, -INF]),
        ((PROBS, 0.6), [-INF, PROBS[1], -INF, PROBS[3]]),
        (([0.0, -40.0, -50.0], 1.0), [0.0, -40.0, -50.0]),
    ],
}


def first_broken(earlier: Mapping[str, Callable]) -> str | None:
    """The first of these functions that does not pass its visible examples; None if all do.

    earlier: name of the exercise -> the student's function.
    """
    for exercise, function in earlier.items():
        if not all(_passes(function, args, expected) for args, expected in VISIBLE[exercise]):
            return exercise
    return None


@contextlib.contextmanager
def instead_of(earlier: Mapping[str, Callable]) -> Iterator[None]:
    """A failure in this block names an earlier exercise as its likely cause, if one is broken."""
    try:
        yield
    except CheckFailed as failure:
        broken = failure.cause and first_broken(earlier)
        if not broken:
            raise
        why = (
            f"your {broken} does not pass its visible examples yet",
            f"run the test of {broken} and repair that function first, then run this test again",
        )
        blame = CheckFailed(failure.what, *why, failure.where)
        blame.hidden_why = why  # it may be said of a hidden test, too
        raise blame from failure


def _passes(function: Callable, args: tuple, expected: Any) -> bool:
    logits = np.array(args[0])
    try:
        answer = answer_of(name_of(function), function, (logits, *args[1:]), PROVIDED)
        is_same = np.shape(answer) == np.shape(expected) and np.allclose(
            np.array(answer, dtype=float), expected, atol=1e-4
        )
    except Exception:  # of any kind: the test of that exercise explains it
        return False
    return bool(is_same) and np.array_equal(logits, np.array(args[0]))
