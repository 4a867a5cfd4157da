"""Exercise 6: what wrong numbers of admitted requests say about how they were made."""

from labkit.lab_02.exercise import CountExercise

# free bytes, contexts, bytes per token, block size: in blocks, 6 free; 4; 5; 48; 4; 0; 1
PROBES = (
    (960, [32, 64, 20, 10, 10], 10, 16),
    (790, [17, 17, 17], 10, 16),
    (800, [30, 90, 10], 10, 16),
    (480, [17, 17, 17], 10, 1),
    (790, [40, 37], 10, 16),
    (100, [5], 10, 16),
    (160, [10, 10], 10, 16),
)
BY_HAND = "write down the free blocks, and the blocks that each request takes, for the first example"
ONE_BY_ONE = "let the requests in one after the other, and print the free blocks after each"
WHO_WAITS = "ask what happens to the requests behind the first one that does not fit"
LAST_BLOCK = "ask how many blocks of 16 tokens a request of 17 tokens takes, and one of 16"
EXACT = "ask whether a request of 1 block fits when 1 block is free"

REQUESTS = CountExercise(
    unit="requests",
    probes=PROBES,
    mistakes={
        (2, 3, 1, 2, 2, 1, 1): (
            "tokens are counted, not blocks: the unused rest of a request's last block is given to the next request",
            LAST_BLOCK,
        ),
        (2, 3, 1, 2, 1, 0, 1): (
            "the tokens of all requests together are rounded up to blocks, so requests share a block",
            LAST_BLOCK,
        ),
        (2, 3, 1, 2, 2, 1, 2): ("blocks are rounded down: the last, partly filled block is not counted", LAST_BLOCK),
        (1, 2, 1, 2, 1, 0, 1): ("a request whose tokens fill its blocks exactly gets one block more", LAST_BLOCK),
        (1, 1, 1, 2, 1, 0, 0): ("a request that takes exactly the free blocks is rejected", EXACT),
        (1, 2, 1, 2, 1, 0, 0): ("a request that takes exactly the free bytes is rejected", EXACT),
        (2, 2, 2, 2, 1, 0, 1): ("a request behind the first one that does not fit is admitted", WHO_WAITS),
        (4, 2, 2, 2, 1, 0, 1): (
            "the requests are sorted, shortest first, before they are admitted",
            "keep the order of `contexts`: first come, first served",
        ),
        (2, 2, 0, 2, 1, 0, 1): (
            "the requests are sorted, longest first, before they are admitted",
            "keep the order of `contexts`: first come, first served",
        ),
        (3, 2, 1, 2, 1, 0, 1): (
            "every request counts with the average length, or the last one comes first",
            ONE_BY_ONE,
        ),
        (1, 2, 0, 2, 1, 0, 1): ("every request reserves the blocks of the longest one", ONE_BY_ONE),
        (3, 2, 2, 2, 1, 0, 1): ("every request counts with the length of the first one", ONE_BY_ONE),
        (3, 3, 2, 3, 2, 1, 2): ("the first request that does not fit is counted as well", WHO_WAITS),
        (1, 1, 0, 1, 0, 0, 0): ("the last request that fits is not counted", EXACT),
        (5, 3, 1, 3, 2, 0, 2): (
            "each request is compared with all free blocks, as if those before it took none",
            ONE_BY_ONE,
        ),
        (5, 3, 3, 3, 2, 0, 1): ("every request counts as one block, whatever its length", LAST_BLOCK),
        (5, 3, 3, 3, 2, 1, 2): (
            "everyone is admitted: tokens or blocks are compared with bytes",
            "give each quantity in your code its unit: bytes, tokens, blocks",
        ),
        (0, 0, 0, 0, 0, 0, 0): (
            "nobody is admitted unless everyone fits",
            "admit the requests one after the other until the next one does not fit",
        ),
        (2, 2, 1, 1, 1, 0, 1): ("block_size is fixed at 16, whatever was passed", "use the argument"),
        (2, 2, 1, 3, 1, 0, 1): (
            "the blocks that a request takes are computed with 16, whatever block_size is",
            "use block_size for the free blocks and for each request",
        ),
        (2, 2, 1, 0, 1, 0, 1): (
            "the free blocks are computed with 16, whatever block_size is",
            "use block_size for the free blocks and for each request",
        ),
        (2, 2, 1, 2, 1, 1, 1): (
            "the free bytes are rounded up to blocks",
            "round down: a part of a block cannot be handed out",
        ),
        (6, 4, 2, 34, 3, 0, 1): ("blocks are returned, not requests", "count the requests that get their blocks"),
        (96, 34, 30, 34, 40, 0, 10): ("tokens are returned, not requests", "count the requests"),
        (2, 2, 1, 2, 1, 0, 1): (
            "the default of block_size is no longer 16",
            "restore `block_size=16` in the line with `def`",
        ),
        (3, 1, 2, 1, 1, 1, 1): ("the requests that have to wait are counted", "count those that are admitted"),
    },
    edges={
        (480, (), 10): ("without requests, nobody can be admitted", "start counting at 0"),
    },
    refuses_too_much=(
        "the check refuses too much, or max() or min() gets an empty list",
        "raise the ValueError only for a block_size below 1",
    ),
    otherwise=("blocks are counted or handed out differently from the rules", BY_HAND),
    hidden=(
        "an example value is hard-coded, the result is limited, or floats are divided",
        "check that the result depends on all four arguments, and use `//`",
    ),
)
