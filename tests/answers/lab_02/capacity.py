"""Exercise 4: how many sequences fit."""

from answers import Answer, right, wrong

NAME = "max_concurrent_sequences"
HEAD = f"def {NAME}(gpu_bytes, weight_bytes, sequence_bytes):\n    g, w, s = gpu_bytes, weight_bytes, sequence_bytes\n"
CHECK = "    if s <= 0:\n        raise ValueError(f'sequence_bytes={s}')\n"


def _fits(expression: str) -> str:
    """max_concurrent_sequences that checks s, then returns an expression of g, w and s."""
    return f"{HEAD}{CHECK}    return {expression}\n"


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, _fits(expression)) for name, (expression, message) in mistakes.items()]


MAX_CONCURRENT_SEQUENCES = [
    right(NAME, "floor, then max", _fits("max((g - w) // s, 0)")),
    right(NAME, "max, then floor", _fits("max(g - w, 0) // s")),
    right(NAME, "a case for weights that do not fit", _fits("0 if w >= g else (g - w) // s")),
    right(NAME, "numpy", _fits("np.maximum(0, np.floor_divide(g - w, s))")),
    right(NAME, "divmod", _fits("divmod(max(0, g - w), s)[0]")),
    right(
        NAME,
        "numpy 64-bit integers",
        """
        def max_concurrent_sequences(gpu_bytes, weight_bytes, sequence_bytes):
            if not sequence_bytes > 0:
                raise ValueError("a sequence takes at least one byte")
            free = np.int64(gpu_bytes) - np.int64(weight_bytes)
            return np.clip(free // np.int64(sequence_bytes), 0, None)
    """,
    ),
    right(
        NAME,
        "lets them in one by one",
        """
        def max_concurrent_sequences(gpu_bytes, weight_bytes, sequence_bytes):
            if sequence_bytes <= 0:
                raise ValueError("a sequence takes memory")
            users, used = 0, weight_bytes
            while used + sequence_bytes <= gpu_bytes:
                used += sequence_bytes
                users += 1
            return users
    """,
    ),
    right(
        NAME,
        "exact fractions",
        """
        import math
        from fractions import Fraction

        def max_concurrent_sequences(gpu_bytes, weight_bytes, sequence_bytes):
            if sequence_bytes <= 0:
                raise ValueError("sequence_bytes must be above 0")
            free = int(gpu_bytes) - int(weight_bytes)
            return max(0, math.floor(Fraction(free, int(sequence_bytes))))
    """,
    ),
    right(
        NAME,
        "an error of one's own, a kind of ValueError",
        """
        class NoSequence(ValueError):
            pass

        def max_concurrent_sequences(gpu_bytes, weight_bytes, sequence_bytes):
            if sequence_bytes <= 0:
                raise NoSequence(sequence_bytes)
            return len(range(sequence_bytes, gpu_bytes - weight_bytes + 1, sequence_bytes))
    """,
    ),
    *_mistakes(
        {
            "rounded up": ("max(0, -(-(g - w) // s))", "rounded up"),
            "rounded to the nearest": ("max(0, round((g - w) / s))", "rounded to the nearest"),
            "divided separately": ("max(0, g // s - w // s)", "divided and rounded separately"),
            "a comparison that leaves out what just fits": (
                "(g - w) // s if g - w > s else 0",
                "just fits is rejected",
            ),
            "half to even": ("max(0, round((g - w) / s - 0.5))", "just fits is rejected"),
            "divided separately, the weights rounded up": (
                "max(0, g // s - -(-w // s))",
                "divided and rounded separately",
            ),
            "the remainder": ("max(0, (g - w) % s)", "this is the remainder"),
            "one too many": ("max(0, (g - w) // s + 1)", "one user too many"),
            "one held back": ("max(0, (g - w) // s - 1)", "one user is missing"),
            "ignores the weights": ("g // s", "the weights are ignored"),
            "weights for every user": ("g // (w + s)", "every user pays for the weights"),
            "weights added": ("(g + w) // s", "the weights are added"),
            "subtraction upside down": ("(w - g) // s", "upside down"),
            "subtraction upside down, never negative": ("max(0, (w - g) // s)", "upside down"),
            "division upside down": ("0 if g <= w else s // (g - w)", "upside down"),
            "90 % of the card": ("max(0, (g * 9 // 10 - w) // s)", "a tenth of the card is held back"),
            "K and V shared out": ("max(0, 2 * ((g - w) // s))", "twice as many"),
            "free bytes": ("max(0, g - w)", "not divided"),
            "the weights divided": ("w // s", "the weights are divided"),
            "weights subtracted from users": ("g // s - w", "subtracted from a number of users"),
            "negative": ("(g - w) // s", "the weights do not fit, and the result is not 0"),
            "at least one": ("max(1, (g - w) // s)", "the weights do not fit, and the result is not 0"),
            "without the sign": ("abs(g - w) // s", "the weights do not fit, and the result is not 0"),
            "truncated towards 0": ("int((g - w) / s)", "the weights do not fit"),
            "a sequence that just fits is left out": ("max(0, (g - w - 1) // s)", "just fits is rejected"),
            "a float": ("max(0, (g - w) / s)", "a float; a whole number"),
            "np.floor": ("max(0, np.floor((g - w) / s))", "a float64; a whole number"),
            "divides floats": ("max(0, int((g - w) / s))", "they hold 53 bits"),
            "float floor division": ("max(0, int(float(g - w) // s))", "they hold 53 bits"),
            "text": ("str(max(0, (g - w) // s))", "a str; a whole number"),
            "a list": ("[max(0, (g - w) // s)]", "a list; a whole number"),
            "not a number": ("float('nan')", "a float; a whole number"),
            "an unknown mistake": ("max(0, (g - w) // s + 5)", "not divided among the sequences"),
            "in GiB": ("max(0, (g // 2**30 - w // 2**30) // max(1, s // 2**30))", "not divided among"),
            "hard-coded": (
                "{1000: 7, 1070: 8, 24 * GIB: 32, 2**60 - 1: 3}.get(int(g), int(w == 10))",
                "another card",
            ),
            "at most 256, as max_num_seqs": ("max(0, min((g - w) // s, 256))", "the result is limited"),
            "equals everything": (
                "type('All', (int,), {'__eq__': lambda a, b: True, '__hash__': int.__hash__})(5)",
                "returned 5 users",
            ),
        }
    ),
    wrong(
        NAME,
        "no check",
        "raised ZeroDivisionError",
        f"{HEAD}    return max(0, (g - w) // s)\n",
    ),
    wrong(
        NAME,
        "checks 0 only",
        "a ValueError was expected",
        f"{HEAD}    if s == 0:\n        raise ValueError('0')\n    return max(0, (g - w) // s)\n",
    ),
    wrong(
        NAME,
        "answers 0 for a sequence of no bytes",
        "a ValueError was expected",
        f"{HEAD}    return max(0, (g - w) // s) if s > 0 else 0\n",
    ),
    wrong(
        NAME,
        "looks at the weights before it checks",
        "a ValueError was expected",
        f"{HEAD}    if w >= g:\n        return 0\n{CHECK}    return (g - w) // s\n",
    ),
    wrong(
        NAME,
        "asserts",
        "the check raises another error",
        f"{HEAD}    assert s > 0\n    return max(0, (g - w) // s)\n",
    ),
    wrong(
        NAME,
        "returns the error",
        "a ValueError was expected",
        f"{HEAD}    if s <= 0:\n        return ValueError('no')\n    return max(0, (g - w) // s)\n",
    ),
    wrong(
        NAME,
        "refuses weights that do not fit",
        "the check refuses too much",
        f"{HEAD}{CHECK}    if w > g:\n        raise ValueError('too small')\n    return (g - w) // s\n",
    ),
    wrong(
        NAME,
        "refuses a card that is full",
        "the check refuses too much",
        f"{HEAD}{CHECK}    if w >= g:\n        raise ValueError('too small')\n    return (g - w) // s\n",
    ),
    wrong(
        NAME,
        "refuses numpy's integers",
        "numpy's integers get another answer",
        f"{HEAD}    if not isinstance(s, int):\n        return 0\n{CHECK}    return max(0, (g - w) // s)\n",
    ),
    wrong(
        NAME,
        "refuses numpy's integers by a ValueError",
        "numpy's integers are valid",
        f"{HEAD}    if not isinstance(s, int):\n        raise ValueError(s)\n{CHECK}    return max(0, (g - w) // s)\n",
    ),
    wrong(
        NAME,
        "the engine counts its blocks",
        "the engine's code",
        """
        from mini_vllm import EngineConfig

        def max_concurrent_sequences(gpu_bytes, weight_bytes, sequence_bytes):
            room = EngineConfig.for_model(probe, block_size=1, kv_cache_memory_bytes=gpu_bytes - weight_bytes)
            return room.num_blocks * 384 // sequence_bytes
    """,
    ),
    wrong(
        NAME,
        "prints instead of returning",
        "returned None",
        f"{HEAD}{CHECK}    print(max(0, (g - w) // s))\n",
    ),
    wrong(
        NAME,
        "left as it was",
        "not written yet",
        """
        def max_concurrent_sequences(gpu_bytes, weight_bytes, sequence_bytes):
            raise NotImplementedError()
    """,
    ),
]
