"""Exercise 1: what wrong numbers of blocks say about how they were made."""

from labkit.lab_06.exercise import PagingExercise

LAST_BLOCK = "write down the blocks of 17 tokens, 16 to a block, and how full each one is"
ROUND_UP = "ask how many blocks 17 tokens take, and 31, and 32"

NUM_BLOCKS = PagingExercise(
    arguments=("num_tokens", "block_size"),
    unit="blocks",
    probes=((17, 16), (32, 16), (0, 16), (31, 16), (18, 16), (5, 2)),
    mistakes={
        (1, 2, 0, 1, 1, 2): ("rounded down: the last, partly filled block is not counted", LAST_BLOCK),
        (1, 2, 0, 1, 1, 0): (
            "block_size is fixed at 16, and the last, partly filled block is not counted",
            LAST_BLOCK,
        ),
        (1, 2, 0, 2, 1, 2): ("the number is rounded to the nearest whole number", ROUND_UP),
        (1, 2, 0, 2, 2, 2): ("one token too few is counted before rounding up", ROUND_UP),
        (2, 3, 1, 2, 2, 3): ("a block is added even if the last one is full", "ask which block a 33rd token opens"),
        (2, 2, 1, 2, 2, 3): ("no tokens still take a block", "ask which block 0 tokens need"),
        (32, 32, 0, 32, 32, 6): ("slots are returned, not blocks", "divide by the slots of a block"),
        (17, 32, 0, 31, 18, 5): ("tokens are returned, not blocks", "divide by the slots of a block"),
        (2, 2, 0, 16, 3, 3): ("the remainder is added, not one block", ROUND_UP),
        (2, 0, 0, 2, 2, 3): (
            "blocks that are full are dropped if no partly filled one follows",
            "mind which part of the expression the `if` belongs to: add parentheses",
        ),
        (15, 0, 0, 1, 14, 1): ("this is the waste: the unused slots of the last block", LAST_BLOCK),
        (1, 0, 0, 15, 2, 1): ("this is the remainder: the tokens in the last, partly filled block", LAST_BLOCK),
        (2, 2, 0, 2, 2, 1): ("block_size is fixed at 16", "use the argument"),
        (1, 1, 0, 1, 1, 1): ("num_tokens and block_size are swapped", "print what you divide by what"),
        (1, 1, None, 1, 1, 1): ("num_tokens and block_size are swapped", "print what you divide by what"),
        (272, 512, 0, 496, 288, 10): ("num_tokens is multiplied by block_size", "divide"),
    },
    raises={"ValueError": ("a number of tokens that is allowed is refused", "return 0 for 0 tokens")},
    otherwise=("not the blocks that hold the tokens", LAST_BLOCK),
    hidden=("an example value is hard-coded, or the result is limited", "try 1 token, and blocks of 1 slot"),
)
