"""Exercise 2: how much of a prompt is cached."""

from answers import Answer, right, wrong

NAME = "num_cached_tokens"
HEAD = f"def {NAME}(hashes, known_hashes, num_tokens, block_size):\n"


def _walk(result: str = "n * block_size", *, limit: str = "(num_tokens - 1) // block_size", miss: str = "break") -> str:
    """The walk from the first block on; n counts the blocks that are found."""
    return (
        f"{HEAD}    n = 0\n    for one in hashes[: {limit}]:\n        if one not in known_hashes:\n"
        f"            {miss}\n        n += 1\n    return {result}\n"
    )


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, code) for name, (code, message) in mistakes.items()]


WHOLE = "len(hashes)"
NUM_CACHED_TOKENS = [
    right(
        NAME, "a walk, limited at the end", _walk("min(n, (num_tokens - 1) // block_size) * block_size", limit=WHOLE)
    ),
    right(
        NAME,
        "itertools",
        f"""
        from itertools import takewhile

        {HEAD.strip()}
            found = sum(1 for _ in takewhile(known_hashes.__contains__, hashes))
            return min(found * block_size, (num_tokens - 1) // block_size * block_size)
    """,
    ),
    right(
        NAME,
        "a while loop over tokens",
        f"""
        {HEAD.strip()}
            tokens = 0
            while tokens + block_size < num_tokens and hashes[tokens // block_size] in known_hashes:
                tokens += block_size
            return tokens
    """,
    ),
    right(
        NAME,
        "recursion",
        f"""
        {HEAD.strip()}
            if num_tokens <= block_size or not hashes or hashes[0] not in known_hashes:
                return 0
            return block_size + {NAME}(hashes[1:], known_hashes, num_tokens - block_size, block_size)
    """,
    ),
    right(
        NAME,
        "numpy's running product",
        f"""
        {HEAD.strip()}
            known = np.array([one in known_hashes for one in hashes[: (num_tokens - 1) // block_size]], dtype=int)
            return np.cumprod(known).sum() * block_size
    """,
    ),
    right(
        NAME,
        "the first place that is missing",
        f"""
        {HEAD.strip()}
            usable = hashes[: (num_tokens - 1) // block_size]
            return next((i for i, one in enumerate(usable) if one not in known_hashes), len(usable)) * block_size
    """,
    ),
    *_mistakes(
        {
            "a prompt cached whole": (_walk(limit=WHOLE), "leaves no token to compute"),
            "only the last token": (
                _walk("min(n * block_size, num_tokens - 1)", limit=WHOLE),
                "only the last token is left",
            ),
            "one token less": (_walk("max(0, n * block_size - 1)"), "a part of a block is shared"),
            "blocks": (_walk("n"), "blocks are counted, not tokens"),
            "blocks of a prompt cached whole": (_walk("n", limit=WHOLE), "blocks are counted, not tokens"),
            "goes on after a miss": (_walk(miss="continue"), "behind a missing one are counted"),
            "all known ones": (
                f"{HEAD}    return len(set(hashes) & known_hashes) * block_size\n",
                "behind a missing one are counted",
            ),
            "the last known one": (
                f"{HEAD}    usable = hashes[: (num_tokens - 1) // block_size]\n"
                "    places = [i + 1 for i, one in enumerate(usable) if one in known_hashes]\n"
                "    return max(places, default=0) * block_size\n",
                "the last known block decides",
            ),
            "the miss as well": (
                f"{HEAD}    n = 0\n    for one in hashes[: (num_tokens - 1) // block_size]:\n        n += 1\n"
                "        if one not in known_hashes:\n            break\n    return n * block_size\n",
                "the first missing block is counted",
            ),
            "what is known does not matter": (
                f"{HEAD}    return (num_tokens - 1) // block_size * block_size\n",
                "known_hashes has no effect",
            ),
            "never the last full block": (
                _walk("min(n, len(hashes) - 1) * block_size if hashes else 0"),
                "the last full block is never shared",
            ),
            "one block less": (_walk("max(0, n - 1) * block_size"), "the last block of the chain is left out"),
            "blocks of 16": (_walk("n * 16"), "block_size is fixed at 16"),
            "what is left": (_walk("num_tokens - n * block_size"), "the tokens left to compute are returned"),
            "only whole prompts": (
                f"{HEAD}    usable = hashes[: (num_tokens - 1) // block_size]\n"
                "    return len(usable) * block_size if known_hashes.issuperset(usable) else 0\n",
                "only if it is cached whole",
            ),
            "only the last hash": (
                f"{HEAD}    n = (num_tokens - 1) // block_size\n"
                "    return n * block_size if n and hashes[-1] in known_hashes else 0\n",
                "only the last hash of the prompt",
            ),
            "always nothing": (f"{HEAD}    return 0\n", "nothing is ever found"),
            "a share": (_walk("n * block_size / num_tokens"), "a whole number (int) was expected"),
            "a float": (_walk("n * float(block_size)"), "a float; a whole number"),
            "True or False": (_walk("n > 0"), "a whole number (int) was expected"),
            "forgets what it has found": (
                f"{HEAD}    n = 0\n    for one in hashes[: (num_tokens - 1) // block_size]:\n"
                "        if one not in known_hashes:\n            break\n"
                "        known_hashes.remove(one)\n        n += 1\n"
                "    return n * block_size\n",
                "changed the set that it was given",
            ),
            "eats the hashes": (
                f"{HEAD}    n, most = 0, (num_tokens - 1) // block_size\n"
                "    while hashes and n < most and hashes.pop(0) in known_hashes:\n        n += 1\n"
                "    return n * block_size\n",
                "changed the list that it was given",
            ),
            "an unknown mistake": (_walk("n * block_size + 5"), "measured in another way"),
            "no hashes, no end": (
                f"{HEAD}    n = 0\n    while hashes[n] in known_hashes and n < (num_tokens - 1) // block_size:\n"
                "        n += 1\n    return n * block_size\n",
                "raised IndexError",
            ),
            "hard-coded": (
                _walk("n * block_size if num_tokens < 100 or n > 20 else 0"),
                "other prompts, hashes or block sizes",
            ),
            "printed": (_walk("print(n)"), "returned None"),
            "left as it was": (f"{HEAD}    raise NotImplementedError()\n", "not written yet"),
        }
    ),
]
