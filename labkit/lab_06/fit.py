"""Exercise 3: what wrong numbers of requests say about how they were made."""

from labkit.check import Why
from labkit.lab_06.exercise import PagingExercise

ONE_BY_ONE = "let the requests in one after the other, and print what is left after each"
LAST_BLOCK = "ask how many blocks of 16 tokens a request of 17 tokens takes, and one of 16"
WHO_WAITS = "ask what happens to the requests behind the first one that does not fit"
EXACT = "ask whether a request fits if it takes exactly what is left"
EACH_RESERVES = "each request takes max_model_len tokens of memory, however short it is"
IN_ORDER = "keep the order of `lengths`: first come, first served"
REFUSED: Why = ("a request that does not fit waits, and is no error", "return the number of those before it")
NOBODY: Why = ("max() or min() gets an empty list, or an index finds none", "ask what fits if nobody comes")

FIT = PagingExercise(
    arguments=("lengths", "memory_tokens", "max_model_len"),
    unit="requests",
    probes=(
        ([100] * 100, 8_192, 1_024),
        ([10, 40, 20], 100, 50),
        ([50, 50], 99, 50),
        ([], 100, 50),
        ([5] * 4, 100, 50),
        ([5] * 4, 120, 50),
        ([50, 10, 10, 10], 60, 50),
    ),
    mistakes={
        (8, 2, 1, 2, 2, 2, 1): ("more requests are counted than there are", "ask what fits if nobody comes"),
        (81, 3, 1, 0, 4, 4, 2): ("each request takes its own length", EACH_RESERVES),
        (81, 3, 1, 0, 4, 4, 3): ("each request takes its own length, or the average", EACH_RESERVES),
        (100, 3, 2, 0, 4, 4, 4): ("every request is counted, whether it fits or not", ONE_BY_ONE),
        (81, 2, 1, 0, 4, 4, 1): ("each request reserves the longest of these requests", EACH_RESERVES),
        (81, 2, 1, None, 4, 4, 1): ("each request reserves the longest of these requests", EACH_RESERVES),
        (81, 3, 1, 0, 4, 4, 1): ("each request takes the length of the first one", EACH_RESERVES),
        (8, 2, 2, 0, 2, 3, 2): ("the result is rounded up", "ask whether half a reservation serves anyone"),
        (7, 1, 1, 0, 1, 2, 1): ("a request that takes exactly the memory that is left is rejected", EXACT),
        (9, 3, 2, 0, 3, 3, 2): ("the first request that does not fit is counted as well", WHO_WAITS),
        (7, 1, 0, 0, 1, 1, 0): ("the last request that fits is not counted", EXACT),
        (8192, 100, 50, 0, 100, 100, 50): ("tokens are returned, not requests", "count the requests"),
        (92, 1, 1, 0, 2, 2, 3): ("those that have to wait are counted", "count those that fit"),
        (-92, -1, -1, 2, -2, -2, -3): ("the free places are returned", "count the requests that fit"),
        (0, 0, 0, 0, 0, 0, 0): (
            "nobody is admitted unless everyone fits",
            "admit the requests one after the other until the next one does not fit",
        ),
        (0, 0, 0, None, 0, 0, 0): (
            "the reservations of all requests together are divided into the memory",
            ONE_BY_ONE,
        ),
        (8, 1, 1, 0, 1, 1, 0): (
            "memory is counted in blocks of 16, but this scheme has no blocks",
            "divide tokens by tokens",
        ),
        (8, 0, 0, 0, 0, 0, 0): ("max_model_len is fixed at 1,024", "use the argument"),
        (7, 1, 0, 0, 1, 2, 0): (
            "each request reserves max_model_len, and its own length on top",
            "ask where the tokens of a request are stored, if not in what it has reserved",
        ),
    },
    raises={"ValueError": NOBODY, "IndexError": NOBODY, "ZeroDivisionError": NOBODY},
    otherwise=("the requests are not counted as the rule says", ONE_BY_ONE),
    hidden=(
        "an example value is hard-coded, or the result is limited",
        "check that the result depends on all three arguments",
    ),
)
FIT_PAGED = PagingExercise(
    arguments=("lengths", "memory_tokens", "block_size"),
    unit="requests",
    probes=(
        ([32, 64, 20, 10, 10], 96, 16),
        ([17, 17, 17], 79, 16),
        ([30, 90, 10], 80, 16),
        ([17, 17, 17], 48, 1),
        ([40, 37], 79, 16),
        ([5], 10, 16),
        ([10, 10], 16, 16),
        ([10, 90], 80, 16),
        ([100] * 12, 8_192, 16),
    ),
    mistakes={
        (2, 3, 1, 2, 2, 1, 1, 1, 12): (
            "tokens are counted, not blocks: the unused rest of a request's last block is given to the next request",
            LAST_BLOCK,
        ),
        (2, 3, 1, 2, 1, 0, 1, 1, 12): (
            "the tokens of all requests together are rounded up to blocks, so requests share a block",
            LAST_BLOCK,
        ),
        (2, 3, 1, 2, 2, 1, 2, 2, 12): (
            "blocks are rounded down: the last, partly filled one is not counted",
            LAST_BLOCK,
        ),
        (1, 2, 1, 2, 1, 0, 1, 1, 12): (
            "a request whose tokens fill its blocks exactly gets one block more",
            LAST_BLOCK,
        ),
        (1, 1, 1, 2, 1, 0, 0, 1, 12): ("a request that takes exactly the free blocks is rejected", EXACT),
        (2, 2, 2, 2, 1, 0, 1, 1, 12): ("a request behind the first one that does not fit is admitted", WHO_WAITS),
        (4, 2, 2, 2, 1, 0, 1, 1, 12): ("the requests are sorted, shortest first, before they are admitted", IN_ORDER),
        (2, 2, 0, 2, 1, 0, 1, 0, 12): ("the requests are sorted, longest first, before they are admitted", IN_ORDER),
        (3, 2, 1, 2, 1, 0, 1, 0, 12): ("the last one comes first", IN_ORDER),
        (3, 2, 1, 2, 1, 0, 1, 1, 12): ("every request counts with the average length", ONE_BY_ONE),
        (1, 2, 0, 2, 1, 0, 1, 0, 12): ("every request reserves as many as the longest one", ONE_BY_ONE),
        (3, 2, 2, 2, 1, 0, 1, 2, 12): ("every request counts with the length of the first one", ONE_BY_ONE),
        (0, 0, 0, 0, 0, 0, 0, 0, 8): (
            "each request still reserves the longest possible request",
            "ask how many blocks a request of 17 tokens takes, whatever it may grow to",
        ),
        (3, 3, 2, 3, 2, 1, 2, 2, 12): ("the first request that does not fit is counted as well", WHO_WAITS),
        (1, 1, 0, 1, 0, 0, 0, 0, 11): ("the last request that fits is not counted", EXACT),
        (5, 3, 1, 3, 2, 0, 2, 1, 12): (
            "each request is compared with all free blocks, as if those before it took none",
            ONE_BY_ONE,
        ),
        (5, 3, 2, 3, 2, 0, 2, 1, 12): (
            "each request is compared with all free blocks, as if those before it took none",
            ONE_BY_ONE,
        ),
        (5, 3, 3, 3, 2, 0, 1, 2, 12): ("every request counts as one block, whatever its length", LAST_BLOCK),
        (5, 3, 3, 2, 2, 1, 2, 2, 12): ("blocks are compared with tokens of memory", "count the memory's blocks first"),
        (0, 0, 0, 2, 0, 0, 0, 0, 5): ("tokens are compared with blocks", "count the blocks of each request first"),
        (0, 0, 0, 0, 0, 0, 0, 0, 6): (
            "the blocks of all requests together are divided into the memory",
            ONE_BY_ONE,
        ),
        (0, 0, 0, 0, 0, 0, 0, 0, 12): (
            "nobody is admitted unless everyone fits",
            "admit the requests one after the other until the next one does not fit",
        ),
        (2, 2, 1, 1, 1, 0, 1, 1, 12): ("block_size is fixed at 16", "use the argument"),
        (2, 2, 1, 2, 1, 1, 1, 1, 12): (
            "the memory is rounded up to blocks",
            "round down: a part of a block cannot be handed out",
        ),
        (6, 4, 2, 34, 3, 0, 1, 1, 84): ("blocks are returned, not requests", "count the requests"),
        (3, 1, 2, 1, 1, 1, 1, 1, 0): ("those that have to wait are counted", "count those that are admitted"),
    },
    raises={"ValueError": REFUSED},
    edges={((), 80, 16): NOBODY},
    otherwise=("the blocks are not handed out as the rule says", ONE_BY_ONE),
    hidden=(
        "an example value is hard-coded, the result is limited, or floats are divided",
        "check that the result depends on all three arguments, and use `//`",
    ),
)
