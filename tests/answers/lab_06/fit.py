"""Exercise 3: how many requests fit, two functions in one cell."""

from answers import Answer, right, wrong

NAME = "requests_that_fit"
RESERVED = "def requests_that_fit(lengths, memory_tokens, max_model_len):\n"
PAGED = "def requests_that_fit_paged(lengths, memory_tokens, block_size):\n"


def _reserved(expression: str = "min(len(ls), m // x)") -> str:
    """The first function, returning an expression of ls, m and x."""
    return f"{RESERVED}    ls, m, x = lengths, memory_tokens, max_model_len\n    return {expression}\n"


def _paged(
    need: str = "-(-t // s)",
    waits: str = "need > left",
    *,
    left: str = "memory_tokens // s",
    order: str = "lengths",
    then: str = "break",
    before: str = "",
    after: str = "left -= need",
    result: str = "n",
) -> str:
    """The second function as a loop over t, the tokens of a request, with these parts in it."""
    return (
        f"{PAGED}{before}    s, left, n, tokens = block_size, 0, 0, 0\n    left = {left}\n"
        f"    for t in {order}:\n        tokens += t\n        need = {need}\n"
        f"        if {waits}:\n            {then}\n        {after}\n        n += 1\n    return {result}\n"
    )


def _capped(blocks: str) -> str:
    """A count in which every request takes the same number of blocks."""
    return (
        f"{PAGED}    if not lengths:\n        return 0\n"
        f"    return min(len(lengths), memory_tokens // block_size // max(1, {blocks}))\n"
    )


REQUESTS_THAT_FIT: list[Answer] = [
    right(NAME, "a minimum and a loop", _reserved() + "\n" + _paged()),
    right(
        NAME,
        "the same loop twice",
        """
        def admitted(needs, room):
            count = 0
            for need in needs:
                room -= need
                if room < 0:
                    break
                count += 1
            return count

        def requests_that_fit(lengths, memory_tokens, max_model_len):
            return admitted([max_model_len] * len(lengths), memory_tokens)

        def requests_that_fit_paged(lengths, memory_tokens, block_size):
            needs = [(length + block_size - 1) // block_size for length in lengths]
            return admitted(needs, memory_tokens // block_size)
    """,
    ),
    right(
        NAME,
        "numpy's running sums",
        """
        def requests_that_fit(lengths, memory_tokens, max_model_len):
            return np.sum(np.cumsum(np.full(len(lengths), max_model_len)) <= memory_tokens)

        def requests_that_fit_paged(lengths, memory_tokens, block_size):
            blocks = -(-np.array(lengths, dtype=np.int64) // block_size)
            return np.count_nonzero(blocks.cumsum() <= memory_tokens // block_size)
    """,
    ),
    right(
        NAME,
        "itertools",
        """
        from itertools import accumulate, takewhile

        def requests_that_fit(lengths, memory_tokens, max_model_len):
            ends = range(max_model_len, memory_tokens + 1, max_model_len)
            return len(list(zip(lengths, ends)))

        def requests_that_fit_paged(lengths, memory_tokens, block_size):
            slots = memory_tokens - memory_tokens % block_size
            ends = accumulate(-(-length // block_size) * block_size for length in lengths)
            return sum(1 for _ in takewhile(lambda end: end <= slots, ends))
    """,
    ),
    right(
        NAME,
        "recursion",
        """
        def requests_that_fit(lengths, memory_tokens, max_model_len):
            if not lengths or memory_tokens < max_model_len:
                return 0
            return 1 + requests_that_fit(lengths[1:], memory_tokens - max_model_len, max_model_len)

        def requests_that_fit_paged(lengths, memory_tokens, block_size):
            if not lengths:
                return 0
            left = memory_tokens - -(-lengths[0] // block_size) * block_size
            return 0 if left < 0 else 1 + requests_that_fit_paged(lengths[1:], left, block_size)
    """,
    ),
    right(
        NAME,
        "with num_blocks of exercise 1",
        """
        def requests_that_fit(lengths, memory_tokens, max_model_len):
            return min(memory_tokens // max_model_len, len(lengths))

        def requests_that_fit_paged(lengths, memory_tokens, block_size):
            free, waiting = memory_tokens // block_size, list(lengths)
            while waiting and num_blocks(waiting[0], block_size) <= free:
                free -= num_blocks(waiting.pop(0), block_size)
            return len(lengths) - len(waiting)
    """,
    ),
    *(
        wrong(NAME, f"reserved: {name}", message, f"{_reserved(expression)}\n{_paged()}")
        for name, (expression, message) in {
            "not limited by the requests": ("m // x", "more requests are counted than there are"),
            "its own length": ("sum(sum(ls[: i + 1]) <= m for i in range(len(ls)))", "takes its own length"),
            "everyone": ("len(ls)", "every request is counted, whether it fits or not"),
            "the longest": ("min(len(ls), m // max(ls, default=1))", "reserves the longest of these requests"),
            "the longest, unguarded": ("min(len(ls), m // max(ls))", "reserves the longest of these requests"),
            "the first": ("min(len(ls), m // (ls + [1])[0])", "takes the length of the first one"),
            "rounded up": ("min(len(ls), -(-m // x))", "rounded up"),
            "an exact fit rejected": ("min(len(ls), max(0, m - 1) // x)", "exactly the memory that is left"),
            "one too many": ("min(len(ls), m // x + 1)", "the first request that does not fit is counted"),
            "one too few": ("max(0, min(len(ls), m // x - 1))", "the last request that fits is not counted"),
            "tokens": ("min(len(ls), m // x) * x", "tokens are returned, not requests"),
            "those who wait": ("len(ls) - min(len(ls), m // x)", "those that have to wait"),
            "everyone or nobody": ("len(ls) * (len(ls) * x <= m)", "nobody is admitted unless everyone fits"),
            "divided by all": ("m // (x * len(ls))", "all requests together are divided into the memory"),
            "room left": ("m // x - len(ls)", "the free places are returned"),
            "the average": ("min(len(ls), m * len(ls) // max(1, sum(ls)))", "its own length, or the average"),
            "blocks of 16": ("min(len(ls), m // 16 // -(-x // 16))", "this scheme has no blocks"),
            "1,024 tokens": ("min(len(ls), m // 1024)", "max_model_len is fixed at 1,024"),
            "both reserved": ("min(len(ls), m // (x + max(ls, default=0)))", "and its own length on top"),
            "a float": ("min(len(ls), m / x)", "a float; a whole number"),
            "an unknown mistake": ("min(len(ls), m // x) + 9", "not counted as the rule says"),
            "at most 8": ("min(8, len(ls), m // x)", "another memory or another max_model_len"),
            "prints": ("print(min(len(ls), m // x))", "returned None"),
            "empties the list": ("sum(1 for _ in iter(lambda: ls and ls.pop(), [])) and m // x", "lengths in place"),
        }.items()
    ),
    *(
        wrong(NAME, f"paged: {name}", message, f"{_reserved()}\n{code}")
        for name, (code, message) in {
            "each by itself": (
                "def requests_that_fit_paged(lengths, memory_tokens, block_size):\n"
                "    return sum(-(-n // block_size) <= memory_tokens // block_size for n in lengths)\n",
                "as if those before it took none",
            ),
            "tokens for blocks": (_paged("t", left="memory_tokens"), "tokens are counted, not blocks"),
            "rounded up together": (_paged("0", "-(-tokens // s) > left"), "so requests share a block"),
            "rounded down": (_paged("t // s"), "is not counted"),
            "one block more": (_paged("t // s + 1"), "gets one block more"),
            "an exact fit rejected": (_paged(waits="need >= left"), "takes exactly the free blocks is rejected"),
            "lets others pass": (_paged(then="continue"), "behind the first one that does not fit"),
            "shortest first": (_paged(order="sorted(lengths)"), "sorted, shortest first"),
            "longest first": (_paged(order="sorted(lengths, reverse=True)"), "sorted, longest first"),
            "last come, first served": (_paged(order="reversed(lengths)"), "the last one comes first"),
            "the average": (_capped("-(-(sum(lengths) // len(lengths)) // block_size)"), "the average length"),
            "the longest reserved": (_capped("-(-max(lengths) // block_size)"), "reserves as many as the longest one"),
            "the first for all": (_capped("-(-lengths[0] // block_size)"), "the length of the first one"),
            "1,024 tokens reserved": (_capped("-(-1024 // block_size)"), "still reserves the longest possible request"),
            "counts the one that waits": (
                _paged(waits="left < 0", result="min(n, len(lengths))"),
                "the first request that does not fit is counted",
            ),
            "one less": (_paged(result="max(0, n - 1)"), "the last request that fits is not counted"),
            "never takes blocks away": (_paged(after="pass"), "as if those before it took none"),
            "one block each": (_paged("1"), "counts as one block"),
            "blocks against tokens": (_paged(left="memory_tokens"), "blocks are compared with tokens"),
            "tokens against blocks": (_paged("t"), "tokens are compared with blocks"),
            "everyone or nobody": (_paged(result="n if n == len(lengths) else 0"), "nobody is admitted unless"),
            "divided by all": (
                f"{PAGED}    return memory_tokens // block_size // max(1, sum(-(-n // block_size) for n in lengths))\n",
                "all requests together are divided into the memory",
            ),
            "always 16": (_paged("-(-t // 16)", left="memory_tokens // 16"), "block_size is fixed at 16"),
            "memory rounded up": (_paged(left="-(-memory_tokens // s)"), "rounded up to blocks"),
            "slots of a broken block": (
                _paged("-(-t // s) * s", "need > left + s - 1", left="memory_tokens"),
                "rounded up to blocks",
            ),
            "blocks": (_paged(result="memory_tokens // s - left"), "blocks are returned, not requests"),
            "those who wait": (_paged(result="len(lengths) - n"), "those that have to wait"),
            "a float": (_paged(result="n / 1"), "a float; a whole number"),
            "an unknown mistake": (_paged(result="n + 70"), "not handed out as the rule says"),
            "a largest request of none": (
                _paged(before="    longest = max(lengths)\n"),
                "max() or min() gets an empty",
            ),
            "at most 73": (_paged(result="min(n, 73)"), "another mix of lengths"),
            "fewer than 100": (_paged(result="n if len(lengths) > 50 else min(n, 2)"), "another mix of lengths"),
            "prints": (_paged(result="print(n)"), "returned None"),
            "empties the list": (
                _paged(order="iter(lambda: lengths.pop(0) if lengths else None, None)"),
                "changed lengths in place",
            ),
            "the engine counts": (
                f"from mini_vllm.core.block_pool import BlockPool\n\n{_paged(left='BlockPool(99).num_free_blocks')}",
                "the engine's code",
            ),
            "refuses who does not fit": (_paged(then="raise ValueError('full')"), "waits, and is no error"),
            "left as it was": (f"{PAGED}    raise NotImplementedError()\n", "not written yet"),
        }.items()
    ),
    wrong(
        NAME,
        "left as it was",
        "requests_that_fit is not written yet",
        f"{RESERVED}    raise NotImplementedError()\n\n{PAGED}    raise NotImplementedError()\n",
    ),
]
