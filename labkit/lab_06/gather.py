"""Exercise 4: what wrong rows say about where they were read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Why
from labkit.failure import CheckFailed, cut
from labkit.kinds import float_array
from labkit.lab_06.exercise import PagingCall, PagingExercise

BY_HAND = "write down the block and the offset of each of the ten tokens, then look at what you return"
PER_TOKEN: Why = (
    "block_ids has one entry per block, not one per token",
    "ask which entry holds position 5, if a block has 4 slots",
)
LOOK_IT_UP = "block_ids[0] is where the first block of the request is in memory, block_ids[1] the second"
BLOCKS = 10.0 * np.arange(7)[:, None] + np.arange(4)  # (7, 4): slot i of block b holds 10 * b + i
PAIRS = np.stack([BLOCKS, -BLOCKS], axis=-1)  # (7, 4, 2)
EXAMPLE = (BLOCKS, [3, 1, 5], 10)
# What comes back for the example when it is wrong.
WRONG: dict[tuple[float, ...], Why] = {
    (10, 11, 12, 13, 30, 31, 32, 33, 50, 51): (
        "block_ids is sorted, but its order is the order of the text",
        LOOK_IT_UP,
    ),
    (0, 1, 2, 3, 10, 11, 12, 13, 20, 21): ("the logical block number is used as a block id", LOOK_IT_UP),
    (30, 31, 32, 33, 40, 41, 42, 43, 50, 51): ("the blocks are taken to lie side by side in memory", LOOK_IT_UP),
    (10, 11, 12, 13, 20, 21, 22, 23, 30, 31): ("the blocks are taken to lie side by side in memory", LOOK_IT_UP),
    (50, 51, 52, 53, 10, 11, 12, 13, 30, 31): ("the blocks are read from the end of the list", LOOK_IT_UP),
    (32, 33, 10, 11, 12, 13, 50, 51, 52, 53): ("the last rows are kept instead of the first", BY_HAND),
    (33, 32, 31, 30, 13, 12, 11, 10, 53, 52): ("each block is read backwards", BY_HAND),
    (30, 10, 50, 31, 11, 51, 32, 12, 52, 33): (
        "the first slot of every block comes first: block and offset are swapped",
        "a request fills its first block before it opens the second",
    ),
    (30, 31, 32, 33, 10, 11, 12, 13, 0, 0): ("the last, partly filled block is left out", BY_HAND),
    (31, 32, 33, 10, 11, 12, 13, 50, 51, 52): ("the rows begin one slot too late", "offsets begin at 0"),
    (30, 30, 30, 30, 10, 10, 10, 10, 50, 50): ("the offset in the block is missing", BY_HAND),
    (30, 31, 32, 33, 30, 31, 32, 33, 30, 31): ("the first block of the list is read for every token", LOOK_IT_UP),
    (12, 13, 14, 15, 4, 5, 6, 7, 20, 21): (
        "the slots are returned, not what they hold",
        "read `blocks` at these slots",
    ),
}


class GatherCall(PagingCall):
    """One call of gather(blocks, block_ids, num_tokens)."""

    def rows(self) -> np.ndarray:
        """What came back as a new float64 array, its type and shape checked. Raises: CheckFailed."""
        blocks, block_ids, num_tokens = self.args
        shape = (num_tokens, *blocks.shape[2:])
        try:
            answer = self.answer()
        except AnswerRaised as failure:
            raise self.exercise.raised(self, failure) from failure.error
        if isinstance(answer, np.ndarray) and np.shape(answer) != shape:
            cause, step = self._shape(np.shape(answer))
            raise CheckFailed(
                f"{self} returned an array of shape {np.shape(answer)}, expected {shape}: one row per token.",
                cause,
                step,
            )
        return float_array(str(self), answer, shape)

    def should_be(self, expected: Any, why: Why | None = None) -> None:
        """Raises: CheckFailed unless the rows are `expected`."""
        rows, wanted = self.rows(), np.asarray(expected, dtype=np.float64)
        if np.array_equal(rows, wanted):
            return
        row = int(np.flatnonzero((rows != wanted).reshape(len(rows), -1).any(axis=1))[0])
        cause, step = why or self._why()
        raise CheckFailed(
            f"{self} returned {cut(str(rows.tolist()), 90)}: row {row} is {rows[row].tolist()}, "
            f"expected {wanted[row].tolist()}.",
            cause,
            step,
        )

    def _shape(self, shape: tuple[int, ...]) -> Why:
        blocks, block_ids, num_tokens = self.args
        size, rest = blocks.shape[1], blocks.shape[2:]
        if shape == (len(block_ids) * size, *rest):
            return "the last block is read whole, with slots that hold no token of this request", "keep num_tokens rows"
        if shape[1:] == blocks.shape[1:]:
            return (
                "the blocks are not joined to rows",
                "one axis for blocks and slots together: reshape, or concatenate",
            )
        if rest and len(shape) == 1:
            return "the rows are flattened to single numbers", "keep the axes behind the first two"
        if shape[1:] != rest:
            return "an axis is lost, kept or added", "print .shape after each step: (tokens, ...) has no axis of blocks"
        return {
            size: ("only one block is read", LOOK_IT_UP),
            num_tokens // size * size: (
                "the last, partly filled block is left out",
                "ask how many blocks the tokens need, the last one included",
            ),
            len(block_ids): ("block_ids is used as a list of slots", "each entry stands for a whole block"),
        }.get(shape[0], ("a row is missing, or one is too many", "the last row is that of position num_tokens - 1"))

    def _why(self) -> Why:
        try:
            found = tuple(GatherCall(self.check, EXAMPLE, {}).rows().tolist())
        except CheckFailed:
            return self.exercise.otherwise
        return WRONG.get(found, self.exercise.otherwise)


@dataclass(frozen=True, kw_only=True)
class GatherExercise(PagingExercise):
    """gather."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> GatherCall:
        return GatherCall(check, args, named)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        if not isinstance(failure.error, IndexError):
            return super().raised(call, failure)
        return CheckFailed(failure.what, *_why_no_such_index(call, str(failure.error)), failure.where)

    def show(self, argument: Any) -> str:
        if isinstance(argument, np.ndarray):
            return {id(BLOCKS): "BLOCKS", id(PAIRS): "PAIRS"}.get(id(argument), "blocks")
        return super().show(argument)


def _why_no_such_index(call: Call, said: str) -> Why:
    """Which axis ends too early, by its size; `said` is the message of Python or numpy."""
    blocks, block_ids, _ = call.args
    size = re.search(r"out of bounds for axis \d+ with size (\d+)", said)
    if "too many indices" in said:
        return (
            "numpy takes each value between the brackets, or in a tuple, for an axis of its own",
            "put the block ids into one list or array, and index with that",
        )
    if size is None or int(size[1]) == len(block_ids):
        return PER_TOKEN
    if int(size[1]) == blocks.shape[1]:
        return (
            "an offset is too large for a block: it is the whole position, a block id, or made with another block size",
            "ask how far into its block position 5 is, if a block has 4 slots",
        )
    if int(size[1]) == len(blocks):
        return "a position or a slot is used as a block id", LOOK_IT_UP
    return "a slot behind the end of memory is read", "print the slots that you read: block 3 has the slots 12 to 15"


GATHER = GatherExercise(
    arguments=("blocks", "block_ids", "num_tokens"),
    otherwise=("the rows do not come from the request's slots", BY_HAND),
    hidden=(
        "an example value is hard-coded, or a shape or a type is assumed",
        "try rows with two axes, float32, blocks of 3 slots, and a list longer than the tokens need",
    ),
)
