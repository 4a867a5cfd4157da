"""Exercise 5: what wrong reference counts say about how they were made."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.check import Call, Why
from labkit.failure import CheckFailed, a_type, shortened
from labkit.kinds import whole_number
from labkit.lab_06.exercise import PagingExercise

BY_HAND = "go through block_ids entry by entry, and write down the count of that block after each"
ORDER = "append a block at the moment its count becomes 0"
TWICE: Why = (
    "a count below 0, or a release that is ignored: a block that is free already must not be released again",
    "look at the count of each block before you take a reference away, and raise a ValueError if it is 0",
)


def whole_numbers(call: str, answer: Any) -> tuple[int, ...]:
    """`answer`, any kind of list of whole numbers, as a tuple of plain ints."""
    if answer is None:
        whole_number(call, answer)  # which says what a None means
    if not isinstance(answer, (list, tuple, np.ndarray)) or isinstance(answer, np.ndarray) and answer.ndim != 1:
        raise CheckFailed(
            f"{call} returned {shortened(answer)}, {a_type(answer)}; a list of whole numbers was expected.",
            step="return a list with one whole number per entry",
        )
    for entry in answer:
        if isinstance(entry, (bool, np.bool_)) or not isinstance(entry, (int, np.integer)):
            raise CheckFailed(
                f"{call} returned {shortened(answer)}, which holds {shortened(entry)}, {a_type(entry)}; "
                "a list of whole numbers was expected.",
                step="return plain counts or block ids, one per entry",
            )
    return tuple(int(entry) for entry in answer)


def counts_and_freed(call: str, answer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """`answer`, a pair of such lists, as a pair of tuples."""
    if answer is None:
        whole_number(call, answer)
    is_pair = isinstance(answer, (tuple, list)) and len(answer) == 2
    if not is_pair or all(isinstance(part, (int, np.integer)) for part in answer):
        raise CheckFailed(
            f"{call} returned {shortened(answer)}; a pair (ref_counts, freed) was expected.",
            "one of the two lists is missing",
            "end with `return counts, freed`",
        )
    return whole_numbers(call, answer[0]), whole_numbers(call, answer[1])


@dataclass(frozen=True, kw_only=True)
class CountsExercise(PagingExercise):
    """share and release: values are tuples, and messages show them as the lists that they are."""

    def same(self, value: Any, expected: Any) -> bool:
        return bool(value == _tuples(expected))

    def compared(self, call: Call, value: Any, expected: Any) -> str:
        return f"{call} returned {_lists(value)}, expected {_lists(_tuples(expected))}."


def _tuples(value: Any) -> Any:
    return tuple(_tuples(entry) for entry in value) if isinstance(value, (list, tuple)) else value


def _lists(value: Any) -> str:
    if value and isinstance(value[0], tuple):
        return f"({', '.join(_lists(part) for part in value)})"
    return str(list(value))


SHARE = CountsExercise(
    read=whole_numbers,
    arguments=("ref_counts", "block_ids"),
    probes=(([3, 0, 1, 2], [0, 2]), ([1, 0, 1, 2], [3, 1, 3])),
    mistakes={
        ((1, 0, 1, 2), (1, 1, 1, 1)): (
            "the count is set to 1, whatever it was",
            "ask what the others that use the block already need",
        ),
        ((4, 0, 2, 2), (1, 1, 1, 3)): ("a block that is listed twice is counted once", BY_HAND),
        ((2, 0, 0, 2), (1, -1, 1, 0)): ("the references are taken away, not added", "add them"),
        ((3, 0, 1, 2), (1, 0, 1, 2)): ("the counts come back unchanged", "change and return the copy"),
        ((4, 1, 2, 3), (2, 1, 2, 3)): ("every block gets a reference", "count only the blocks in block_ids"),
        ((4, 1, 1, 2), (2, 1, 2, 2)): (
            "the first entries are counted: a place in block_ids is used as a block id",
            "the entries of block_ids are the ids",
        ),
        ((3, 0, 1, 2, 0, 2), (1, 0, 1, 2, 3, 1, 3)): (
            "the two lists are joined: `+` of two lists adds no numbers",
            "return one count for every block",
        ),
        ((4, 2), (3, 1, 3)): ("the counts of the listed blocks alone are returned", "return one count for every block"),
        ((1, 0, 1, 0), (0, 1, 0, 2)): ("the old counts are dropped", "add to them"),
        ((4, 0, 2, 2), (1, 0, 1, 4)): ("a block with count 0 stays at 0", "a block that nobody uses can be used again"),
        ((6, 0, 2, 2), (1, 0, 1, 4)): ("the count is doubled", "add 1"),
        ((5, 0, 3, 2), (1, 2, 1, 6)): ("two references are added for each entry", "add 1"),
    },
    otherwise=("not one reference for each entry of block_ids", BY_HAND),
    hidden=("an example value is hard-coded, or the number of blocks or users is limited", BY_HAND),
)
RELEASE = CountsExercise(
    read=counts_and_freed,
    arguments=("ref_counts", "block_ids"),
    probes=(([1, 2, 1, 1], [2, 1, 3, 0]), ([0, 2, 1, 3], [1, 2, 3, 1])),
    mistakes={
        (((0, 1, 0, 0), (2, 1, 3, 0)), ((0, 0, 0, 2), (1, 2, 3, 1))): (
            "blocks that others still use are freed",
            "a block becomes free when its count becomes 0",
        ),
        (((0, 1, 0, 0), (1,)), ((0, 0, 0, 2), (1,))): (
            "a block is freed while one request still uses it",
            "a block becomes free when its count becomes 0",
        ),
        (((0, 1, 0, 0), ()), ((0, 0, 0, 2), ())): (
            "no block becomes free",
            "look at the count after the reference is taken away",
        ),
        (((0, 1, 0, 0), (0, 2, 3)), ((0, 0, 0, 2), (1, 2))): ("the order is lost: the freed blocks are sorted", ORDER),
        (((0, 1, 0, 0), (0, 2, 3)), ((0, 0, 0, 2), (0, 1, 2))): (
            "blocks that were free before are listed, too, in the order of their ids",
            "list the blocks that become free in this call",
        ),
        (((0, 1, 0, 0), (0, 3, 2)), ((0, 0, 0, 2), (1, 2))): ("the order is reversed", ORDER),
        (((0, 1, 0, 0), (2, 3, 0)), ((0, 0, 0, 2), (1, 2))): (
            "the freed blocks are in the order of their first mention",
            "block 1 is mentioned first, but becomes free last",
        ),
        (((0, 1, 0, 0), (2, 3, 0)), ((0, 0, 0, 2), (1, 2, 1))): (
            "a block is listed twice, though it becomes free once",
            ORDER,
        ),
        (((0, 0, 0, 0), (2, 1, 3, 0)), None): (
            "the count is set to 0, whatever it was",
            "take away one reference for each entry",
        ),
        (((0, 1, 0, 0), (2, 3, 0)), ((0, 1, 0, 2), (2,))): ("a block that is listed twice is released once", BY_HAND),
        (((2, 3, 0), (0, 1, 0, 0)), ((2, 1), (0, 0, 0, 2))): (
            "the two lists are swapped",
            "return the counts first",
        ),
        (((1, 2, 1, 1), (2, 3, 0)), ((0, 2, 1, 3), (2, 1))): (
            "the counts come back unchanged",
            "change and return the copy",
        ),
        (((2, 3, 2, 2), ()), ((0, 4, 2, 4), ())): ("references are added, not taken away", "subtract"),
    },
    refusals={
        ((1, 0), (1,)): TWICE,
        ((1, 1), (0, 0)): (
            "the count is looked up in ref_counts, which does not change on the way",
            "look it up in the copy that you change",
        ),
    },
    raises={
        "ValueError": (
            "a release that is allowed is refused",
            "only a block whose count is 0 at that moment must not be released",
        )
    },
    otherwise=("not one reference less for each entry of block_ids, or not the blocks whose count became 0", BY_HAND),
    hidden=("an example value is hard-coded, or the number of blocks or users is limited", BY_HAND),
)
