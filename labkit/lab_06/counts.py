"""Exercise 5: what wrong reference counts say about how they were made."""

from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Why
from labkit.lab_06.exercise import PagingExercise
from labkit.lab_06.lists import as_lists, as_tuples, counts_and_freed, whole_numbers

BY_HAND = "go through block_ids entry by entry, and write down the count of that block after each"
ORDER = "append a block at the moment its count becomes 0"
FIRST_ALONE: Why = ("only the first entry is counted: `return` is in the loop", "return behind the loop")
TWICE: Why = (
    "a count below 0, or a release that is ignored: a block that is free already must not be released again",
    "look at the count of each block before you take a reference away, and raise a ValueError if it is 0",
)


@dataclass(frozen=True, kw_only=True)
class CountsExercise(PagingExercise):
    """share and release: values are tuples, and messages show them as the lists that they are."""

    def same(self, value: Any, expected: Any) -> bool:
        return bool(value == as_tuples(expected))

    def compared(self, call: Call, value: Any, expected: Any) -> str:
        return f"{call} returned {as_lists(value)}, expected {as_lists(as_tuples(expected))}."


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
        ((4, 0, 1, 2), (1, 0, 1, 3)): FIRST_ALONE,
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
        (((0, 1, 0, 0), (0, 3, 2)), ((0, 0, 0, 2), (2, 1))): (
            "the entries are released in reverse order",
            "go through block_ids from front to back",
        ),
        (((0, 1, 0, 0), (0, 2, 3)), ((0, 1, 0, 2), (2,))): (
            "block_ids is made a set, which has no order and lists nothing twice",
            "loop over block_ids itself",
        ),
        (((1, 2, 0, 1), (2,)), ((0, 1, 1, 3), ())): FIRST_ALONE,
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
