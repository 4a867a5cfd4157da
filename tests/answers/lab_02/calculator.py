"""Exercise 5: the calculator to repair."""

from answers import Answer, right, wrong

NAME = "users_on_card"
HEAD = f"def {NAME}(card_mib, weight_bytes, sequence_bytes, percent=90):\n"
NAMES = "    c, w, s, p = card_mib * 2**20, weight_bytes, sequence_bytes, percent\n"


def _users(expression: str) -> str:
    """The function, returning an expression of c (the card's bytes), w, s and p."""
    return f"{HEAD}{NAMES}    return {expression}\n"


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, _users(expression)) for name, (expression, message) in mistakes.items()]


AS_GIVEN = f"""{HEAD}    card_bytes = card_mib * 2**20
    free_bytes = (card_bytes - weight_bytes) * percent // 100
    return max(0, free_bytes // sequence_bytes)
"""

USERS_ON_CARD = [
    right(
        NAME,
        "one line changed",
        AS_GIVEN.replace("(card_bytes - weight_bytes) * percent // 100", "card_bytes * percent // 100 - weight_bytes"),
    ),
    right(NAME, "one expression", _users("max(0, (c * p // 100 - w) // s)")),
    right(NAME, "a fraction", _users("max(0, int((c * (p / 100) - w) // s))")),
    right(NAME, "multiplied out", _users("max(0, (c * p - 100 * w) // (100 * s))")),
    right(NAME, "in terms of an earlier exercise", _users("max_concurrent_sequences(c * p // 100, w, s)")),
    right(NAME, "numpy", _users("np.maximum(0, (np.int64(c) * p // 100 - w) // s)")),
    wrong(NAME, "as it was given", "right for weights of 0 bytes, and at 100 percent", AS_GIVEN),
    *_mistakes(
        {
            "the share of the users": ("max(0, (c - w) // s) * p // 100", "a share of the users is returned"),
            "a larger sequence": ("max(0, (c - w) // (s * 100 // p))", "right for weights of 0 bytes"),
            "without the share": ("max(0, (c - w) // s)", "percent has no effect"),
            "always 90": ("max(0, (c * 90 // 100 - w) // s)", "percent is fixed at 90"),
            "a MiB of 1,000,000 bytes": (
                "max(0, (card_mib * 10**6 * p // 100 - w) // s)",
                "a MiB is taken for 1,000,000 bytes",
            ),
            "a MiB of 1,024,000 bytes": (
                "max(0, (card_mib * 1_024_000 * p // 100 - w) // s)",
                "a MiB is taken for 1,024,000 bytes",
            ),
            "without the weights": ("c * p // 100 // s", "the weights have no effect"),
            "rounded up": ("max(0, -(-(c * p // 100 - w) // s))", "rounded up"),
            "the share of the weights": ("max(0, (c - w * p // 100) // s)", "a share of the weights"),
            "the share twice": ("max(0, (c * p // 100 * p // 100 - w) // s)", "percent is applied twice"),
            "the weights twice": ("max(0, (c * p // 100 - 2 * w) // s)", "the weights are subtracted twice"),
            "the other share": ("max(0, (c * (100 - p) // 100 - w) // s)", "the share that the engine may not use"),
            "MiB less bytes": ("max(0, (card_mib * p // 100 - w) // s)", "the units do not match"),
            "negative": ("(c * p // 100 - w) // s", "the weights do not fit, and the result is not 0"),
            "a float": ("max(0, (c * p / 100 - w) // s)", "a float; a whole number"),
            "a percent not divided": ("max(0, (c * p - w) // s)", "a line of the calculator is wrong"),
            "an unknown mistake": ("max(0, (c * p // 100 - w) // s) + 3", "a line of the calculator is wrong"),
            "an exception for the example": (
                "max(0, (c * p // 100 - w) // s if w >= 2**33 + 1 and c <= 2**35 else (c - w) * p // 100 // s)",
                "another card, other weights or another share",
            ),
            "hard-coded": (
                "{(24_564, 0): 86, (16_384, 2**34): 0, (24_564, 2**34): 22 if p == 90 else 31}.get((card_mib, w), 26)",
                "another card, other weights or another share",
            ),
        }
    ),
    wrong(
        NAME,
        "an argument less",
        "the line with `def` was changed",
        f"def {NAME}(card_mib, weight_bytes):\n    return 0\n",
    ),
    wrong(NAME, "prints instead of returning", "returned None", f"{HEAD}    print(card_mib)\n"),
    wrong(NAME, "left as it was", "not written yet", f"{HEAD}    raise NotImplementedError()\n"),
]
