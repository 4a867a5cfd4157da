"""Exercise 6: requests of different lengths, in blocks."""

from answers import Answer, right, wrong

NAME = "requests_that_fit"
HEAD = f"def {NAME}(free_bytes, contexts, bytes_per_token, block_size=16):\n"
CHECK = "    if block_size < 1:\n        raise ValueError(f'block_size={block_size}')\n"


def _loop(
    need: str = "-(-t // s)",
    waits: str = "need > left",
    *,
    left: str = "free_bytes // (s * bytes_per_token)",
    order: str = "contexts",
    then: str = "break",
    before: str = CHECK,
    result: str = "n",
) -> str:
    """The function as a loop over t, the tokens of a request, with these parts in it."""
    return (
        f"{HEAD}{before}    s, left, n, tokens = block_size, 0, 0, 0\n    left = {left}\n"
        f"    for t in {order}:\n        tokens += t\n        need = {need}\n"
        f"        if {waits}:\n            {then}\n        left -= need\n        n += 1\n    return {result}\n"
    )


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, code) for name, (code, message) in mistakes.items()]


def _capped(blocks: str) -> str:
    """A count in which every request takes the same number of blocks."""
    free = "free_bytes // (block_size * bytes_per_token)"
    guard = "    if not contexts:\n        return 0\n"
    return f"{HEAD}{CHECK}{guard}    return min(len(contexts), {free} // max(1, {blocks}))\n"


REQUESTS_THAT_FIT = [
    right(NAME, "a loop over blocks", _loop()),
    right(NAME, "a loop over bytes", _loop("-(-t // s) * s * bytes_per_token", left="free_bytes")),
    right(NAME, "another way to round up", _loop("(t + s - 1) // s")),
    right(
        NAME,
        "numpy's running sum",
        f"""
        {HEAD.strip()}
            if block_size < 1:
                raise ValueError("block_size")
            blocks = [-(-tokens // block_size) for tokens in contexts]
            ends = np.cumsum(np.array(blocks, dtype=object))
            return int(np.sum(ends <= free_bytes // (block_size * bytes_per_token)))
    """,
    ),
    right(
        NAME,
        "itertools",
        f"""
        from itertools import accumulate, takewhile

        {HEAD.strip()}
            if block_size < 1:
                raise ValueError("block_size must be at least 1")
            block_bytes = block_size * bytes_per_token
            ends = accumulate(-(-tokens // block_size) * block_bytes for tokens in contexts)
            return len(list(takewhile(lambda end: end <= free_bytes, ends)))
    """,
    ),
    right(
        NAME,
        "recursion",
        f"""
        {HEAD.strip()}
            if block_size < 1:
                raise ValueError("block_size")
            if not contexts:
                return 0
            left = free_bytes - -(-contexts[0] // block_size) * block_size * bytes_per_token
            return 0 if left < 0 else 1 + {NAME}(left, contexts[1:], bytes_per_token, block_size)
    """,
    ),
    *_mistakes(
        {
            "tokens, not blocks": (_loop("t * bytes_per_token", left="free_bytes"), "tokens are counted, not blocks"),
            "rounded up together": (_loop("0", "-(-tokens // s) > left"), "requests share a block"),
            "rounded down": (_loop("t // s"), "blocks are rounded down"),
            "one block more": (_loop("t // s + 1"), "gets one block more"),
            "an exact fit rejected": (_loop(waits="need >= left"), "exactly the free blocks is rejected"),
            "an exact fit of bytes rejected": (
                _loop("-(-t // s) * s * bytes_per_token", "need >= left", left="free_bytes"),
                "exactly the free bytes is rejected",
            ),
            "lets others pass": (_loop(then="continue"), "behind the first one that does not fit"),
            "shortest first": (_loop(order="sorted(contexts)"), "sorted, shortest first"),
            "longest first": (_loop(order="sorted(contexts, reverse=True)"), "sorted, longest first"),
            "last come, first served": (_loop(order="reversed(contexts)"), "the last one comes first"),
            "the average": (
                _capped("-(-(sum(contexts) // len(contexts)) // block_size)"),
                "the average length",
            ),
            "the longest reserved": (_capped("-(-max(contexts) // block_size)"), "the blocks of the longest one"),
            "the first for all": (_capped("-(-contexts[0] // block_size)"), "the length of the first one"),
            "counts the one that waits": (
                _loop(waits="left < 0", result="min(n, len(contexts))"),
                "the first request that does not fit is counted",
            ),
            "one less": (_loop(result="max(0, n - 1)"), "the last request that fits is not counted"),
            "never takes blocks away": (_loop().replace("left -= need", "pass"), "as if those before it took none"),
            "one block each": (_loop("1"), "counts as one block"),
            "compares tokens with bytes": (_loop("t", left="free_bytes"), "tokens or blocks are compared with bytes"),
            "forgets the bytes of a token": (_loop(left="free_bytes // s"), "are compared with bytes"),
            "everyone or nobody": (_loop(result="n if n == len(contexts) else 0"), "nobody is admitted unless"),
            "always 16": (
                _loop("-(-t // 16)", left="free_bytes // (16 * bytes_per_token)"),
                "block_size is fixed at 16",
            ),
            "the need in blocks of 16": (_loop("-(-t // 16)"), "the blocks that a request takes are computed with 16"),
            "the free blocks of 16": (
                _loop(left="free_bytes // (16 * bytes_per_token)"),
                "the free blocks are computed with 16",
            ),
            "free bytes rounded up": (_loop(left="-(-free_bytes // (s * bytes_per_token))"), "are rounded up"),
            "blocks": (
                _loop(result="free_bytes // (s * bytes_per_token) - left"),
                "blocks are returned, not requests",
            ),
            "those who wait": (_loop(result="len(contexts) - n"), "have to wait are counted"),
            "another default": (
                _loop().replace("block_size=16", "block_size=8"),
                "the default of block_size is no longer 16",
            ),
            "no check": (_loop(before=""), "raised ZeroDivisionError"),
            "checks 0 only": (
                _loop(before="    if block_size == 0:\n        raise ValueError('0')\n"),
                "a ValueError was expected",
            ),
            "looks at the requests before it checks": (
                _loop(before="    if not contexts:\n        return 0\n" + CHECK),
                "a ValueError was expected",
            ),
            "asserts": (_loop(before="    assert block_size > 0\n"), "raised AssertionError"),
            "a largest request of none": (
                _loop(before=CHECK + "    longest = max(contexts)\n"),
                "max() or min() gets an empty list",
            ),
            "refuses who does not fit": (
                _loop(then="raise ValueError('full')"),
                "the check refuses too much",
            ),
            "a float": (_loop(result="n / 1"), "a float; a whole number"),
            "an unknown mistake": (_loop(result="n + 7"), "differently from the rules"),
            "ceil of a float": (
                "import math\n" + _loop("math.ceil(t / s)"),
                "another mix of contexts",
            ),
            "at most 5": (_loop(result="min(n, 5)"), "another mix of contexts"),
            "empties the list": (
                _loop(order="iter(lambda: contexts.pop(0) if contexts else None, None)"),
                "changed the list in place",
            ),
            "the engine counts": (
                f"from mini_vllm.core.block_pool import BlockPool\n\n{_loop(left='BlockPool(99).num_free_blocks')}",
                "the engine's code",
            ),
            "prints instead of returning": (_loop(result="print(n)"), "returned None"),
            "left as it was": (f"{HEAD}    raise NotImplementedError()\n", "not written yet"),
        }
    ),
]
