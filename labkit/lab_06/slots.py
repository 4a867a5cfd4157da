"""Exercise 2: what wrong slots say about how they were made."""

from labkit.check import Why
from labkit.lab_06.exercise import PagingExercise

BY_HAND = "write down the four slots of block 7, of block 2 and of block 5, and count to position 6"
LOOK_IT_UP = "look the logical block up in block_ids: the list says where it is in memory"
PER_TOKEN: Why = (
    "block_ids has one entry per block, not one per token",
    "ask which entry holds position 6, if a block has 4 slots",
)
TOO_FAR: Why = (
    "the list ends before this position, and no check raises a ValueError",
    "compare the position with the number of slots in all listed blocks, and raise a ValueError yourself",
)

SLOT = PagingExercise(
    arguments=("position", "block_ids", "block_size"),
    probes=((0, [7, 2, 5], 4), (6, [7, 2, 5], 4), (11, [7, 2, 5], 4), (10, [4, 2], 8)),
    mistakes={
        (0, 6, 11, 10): ("the logical block number is used as a block id", LOOK_IT_UP),
        (28, 8, 20, 16): ("the offset in the block is missing", "ask how far into its block the token is"),
        (7, 2, 5, 2): ("a block id is returned, not a slot", "ask at which slot block 7 begins"),
        (7, 4, 8, 4): ("the block id is not multiplied by block_size", "ask at which slot block 7 begins"),
        (0, 4, 15, 4): ("the block id is multiplied by the offset", "ask at which slot block 7 begins"),
        (28, 16, 32, 32): (
            "the offset is multiplied by block_size, too",
            "multiplication comes first: mind the parentheses",
        ),
        (28, 21, 30, 33): ("the index of the block and the offset in it are swapped", BY_HAND),
        (7, None, None, None): PER_TOKEN,
        (28, None, None, None): PER_TOKEN,
        (28, 21, None, None): ("the index of the block and the offset in it are swapped", BY_HAND),
        (8, 22, 31, 34): ("block_ids is sorted, but its order is the order of the text", LOOK_IT_UP),
        (28, 22, 11, 18): ("block_ids is sorted, but its order is the order of the text", LOOK_IT_UP),
        (20, 10, 31, 34): ("the last block of the list comes first", "count the blocks from the front, from 0"),
        (20, 22, 23, 18): ("every token is looked for in the last block", LOOK_IT_UP),
        (28, 30, 31, 34): ("every token is looked for in the first block", LOOK_IT_UP),
        (28, 34, 39, 42): ("the blocks are taken to lie side by side in memory", LOOK_IT_UP),
        (20, 30, 11, 34): ("the block before the right one is taken", "count the blocks from 0"),
        (29, 11, 24, 19): ("one slot too far: offsets begin at 0", BY_HAND),
        (31, 9, 22, 17): ("positions are counted from 1", "position 0 is the first token"),
        (28, 14, 31, 26): (
            "the whole position is added, not the offset in the block",
            "ask how far into its block the token is",
        ),
        (112, 118, 123, 74): ("block_size is fixed at 16", "use the argument"),
    },
    refusals={
        (12, (7, 2, 5), 4): TOO_FAR,
        (0, (), 4): TOO_FAR,
        (-1, (7, 2, 5), 4): (
            "Python counts a negative index from the end of a list, so no error comes by itself",
            "check for positions below 0, too",
        ),
    },
    raises={
        "IndexError": PER_TOKEN,
        "ValueError": (
            "a position that a block holds is refused",
            "compare the position with slots, not with blocks: three blocks of 4 hold positions 0 to 11",
        ),
    },
    otherwise=("not the slot of this token", BY_HAND),
    hidden=(
        "an example value is hard-coded, or one end of the range of positions is checked wrongly",
        "try blocks of 1 slot, a longer list, and the first and last position of each block",
    ),
)
