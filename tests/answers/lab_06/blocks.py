"""Exercise 1: blocks for a number of tokens."""

from answers import Answer, right, wrong

NAME = "num_blocks"
HEAD = f"def {NAME}(num_tokens, block_size):\n"


def _blocks(expression: str) -> str:
    """The function, returning an expression of n and s."""
    return f"{HEAD}    n, s = num_tokens, block_size\n    return {expression}\n"


NUM_BLOCKS: list[Answer] = [
    right(NAME, "upside-down floor", _blocks("-(-n // s)")),
    right(NAME, "one less than a block on top", _blocks("(n + s - 1) // s")),
    right(NAME, "math.ceil", "import math\n" + _blocks("math.ceil(n / s)")),
    right(NAME, "numpy", _blocks("np.int32(np.ceil(n / s))")),
    right(NAME, "divmod", _blocks("divmod(n, s)[0] + (divmod(n, s)[1] > 0)")),
    right(NAME, "a range", _blocks("len(range(0, n, s))")),
    right(
        NAME,
        "a loop",
        f"""
        {HEAD.strip()}
            blocks, left = 0, num_tokens
            while left > 0:
                blocks, left = blocks + 1, left - block_size
            return blocks
    """,
    ),
    right(
        NAME,
        "recursion",
        f"""
        {HEAD.strip()}
            return 0 if num_tokens <= 0 else 1 + {NAME}(num_tokens - block_size, block_size)
    """,
    ),
    *(
        wrong(NAME, name, message, _blocks(expression))
        for name, (expression, message) in {
            "rounded down": ("n // s", "the last, partly filled block is not counted"),
            "rounded to the nearest": ("round(n / s)", "rounded to the nearest whole number"),
            "always one more": ("n // s + 1", "a block is added even if the last one is full"),
            "at least one": ("max(1, -(-n // s))", "no tokens still take a block"),
            "cut towards zero": ("int((n - 1) / s) + 1", "no tokens still take a block"),
            "slots": ("-(-n // s) * s", "slots are returned, not blocks"),
            "tokens": ("n", "tokens are returned, not blocks"),
            "the waste": ("-n % s", "the unused slots of the last block"),
            "the rest": ("n % s", "the tokens in the last, partly filled block"),
            "the remainder added": ("n // s + n % s", "the remainder is added, not one block"),
            "an else that is too wide": ("n // s + 1 if n % s else 0", "blocks that are full are dropped"),
            "always 16": ("-(-n // 16)", "block_size is fixed at 16"),
            "the other way round": ("-(-s // n) if n else 0", "num_tokens and block_size are swapped"),
            "the other way round, unguarded": ("-(-s // n)", "num_tokens and block_size are swapped"),
            "a product": ("n * s", "num_tokens is multiplied by block_size"),
            "one token more": ("-(-(n + 1) // s)", "a block is added even if the last one is full"),
            "one token less": ("-(-(n - 1) // s)", "one token too few is counted"),
            "shifted": ("n >> 4", "the last, partly filled block is not counted"),
            "a float": ("-(-n // s) / 1", "a float; a whole number"),
            "a list": ("[-(-n // s)]", "a list; a whole number"),
            "an unknown mistake": ("-(-n // s) + 5", "not the blocks that hold the tokens"),
            "hard-coded": (
                "{(100, 16): 7, (17, 16): 2, (32, 16): 2, (0, 16): 0}.get((n, s), 3)",
                "other numbers of tokens",
            ),
            "at most 7": ("min(7, -(-n // s))", "other numbers of tokens"),
            "prints instead of returning": ("print(-(-n // s))", "returned None"),
            "refuses 0": ("-(-n // s) if n else int('no tokens')", "a number of tokens that is allowed is refused"),
            "another name": ("-(-n // size)", "a misspelled name"),
            "equals everything": (
                "type('All', (int,), {'__eq__': lambda a, b: True, '__hash__': int.__hash__})(9)",
                "returned 9 blocks",
            ),
        }.items()
    ),
    wrong(NAME, "one argument", "the line with `def` was changed", f"def {NAME}(num_tokens):\n    return 1\n"),
    wrong(NAME, "left as it was", "not written yet", f"{HEAD}    raise NotImplementedError()\n"),
]
