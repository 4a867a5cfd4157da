"""Exercise 2: how much of a prompt is cached."""

from answers import Answer, right, wrong

NAME = "num_cached_tokens"
HEAD = f"def {NAME}(token_ids, known_hashes, block_size):\n"
USABLE = "    usable = block_hashes(token_ids, block_size)[: (len(token_ids) - 1) // block_size]\n"
CHAINED = "hash((parent, block))"  # as the reference's block_hashes has it


def _walk(
    result: str = "n * b",
    *,
    limit: str = "(len(token_ids) - 1) // b",
    miss: str = "break",
    hashes: str = "block_hashes(token_ids, b)",
) -> str:
    """The walk from the first block on; n counts the blocks that are found, b is the block size."""
    return (
        f"{HEAD}    n, b = 0, block_size\n    for one in {hashes}[: {limit}]:\n"
        f"        if one not in known_hashes:\n            {miss}\n        n += 1\n    return {result}\n"
    )


def _own_chain(stop: str, *, full: str = "True", item: str = CHAINED, result: str = "found") -> str:
    """The chain without block_hashes. full: when a block is looked up at all."""
    return (
        f"{HEAD}    b, parent, found = block_size, None, 0\n    for start in range(0, {stop}, b):\n"
        f"        block = tuple(token_ids[start : start + b])\n        parent = {item}\n"
        f"        if {full} and parent not in known_hashes:\n            break\n        found += b\n"
        f"    return {result}\n"
    )


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, code) for name, (code, message) in mistakes.items()]


WHOLE = "len(token_ids)"
FULL = "len(block) == b"
NUM_CACHED_TOKENS = [
    right(NAME, "a walk, limited at the end", _walk("min(n, (len(token_ids) - 1) // b) * b", limit=WHOLE)),
    right(NAME, "its own chain, with the same hashes", _own_chain("len(token_ids) - b")),
    right(
        NAME,
        "itertools, on numpy's prompt without the last token",
        f"""
        from itertools import takewhile

        {HEAD.strip()}
            prompt = np.array(token_ids)[:-1].tolist()
            return block_size * sum(1 for _ in takewhile(known_hashes.__contains__, block_hashes(prompt, block_size)))
    """,
    ),
    right(
        NAME,
        "a while loop over tokens",
        f"""
        {HEAD.strip()}
            hashes, tokens = block_hashes(token_ids, block_size), 0
            while tokens + block_size < len(token_ids) and hashes[tokens // block_size] in known_hashes:
                tokens += block_size
            return tokens
    """,
    ),
    right(
        NAME,
        "recursion, from a shorter prompt",
        f"""
        {HEAD.strip()}
            end = (len(token_ids) - 1) // block_size * block_size
            if end == 0:
                return 0
            before = {NAME}(token_ids[: end - block_size + 1], known_hashes, block_size)
            is_found = before == end - block_size and block_hashes(token_ids[:end], block_size)[-1] in known_hashes
            return end if is_found else before
    """,
    ),
    right(
        NAME,
        "numpy's running product",
        f"{HEAD}{USABLE}    known = np.array([one in known_hashes for one in usable], dtype=int)\n"
        "    return np.cumprod(known).sum() * block_size\n",
    ),
    right(
        NAME,
        "the first place that is missing",
        f"{HEAD}{USABLE}    places = enumerate(usable)\n"
        "    return next((i for i, one in places if one not in known_hashes), len(usable)) * block_size\n",
    ),
    *_mistakes(
        {
            "a prompt cached whole": (_walk(limit=WHOLE), "leaves no token to compute"),
            "n // block_size": (_walk(limit="len(token_ids) // b"), "len(token_ids) // block_size of them"),
            "only the last token": (
                _walk("min(n * b, len(token_ids) - 1)", limit=WHOLE),
                "only the last token is left",
            ),
            "one token less": (_walk("max(0, n * b - 1)"), "a part of a block is shared"),
            "blocks": (_walk("n"), "blocks are counted, not tokens"),
            "blocks of a prompt cached whole": (_walk("n", limit=WHOLE), "blocks are counted, not tokens"),
            "goes on after a miss": (_walk(miss="continue"), "behind a missing one are counted"),
            "all known ones": (
                f"{HEAD}    return len(set(block_hashes(token_ids, block_size)) & known_hashes) * block_size\n",
                "behind a missing one are counted",
            ),
            "the last known one": (
                f"{HEAD}{USABLE}    places = [i + 1 for i, one in enumerate(usable) if one in known_hashes]\n"
                "    return max(places, default=0) * block_size\n",
                "the last known block decides",
            ),
            "the miss as well": (
                _walk(miss="n += 1; break"),
                "the first missing block is counted",
            ),
            "one block more": (_walk("(n + 1) * b", limit=WHOLE), "the first missing block is counted"),
            "a partial block hashed": (_own_chain("len(token_ids)", full=FULL), "partly filled block is hashed"),
            "a partial block hashed, to the prompt's end": (
                _own_chain("len(token_ids)", full=FULL, result="min(found, len(token_ids))"),
                "partly filled block is hashed",
            ),
            "a partial block hashed, without the last token": (
                _own_chain("len(token_ids)", full=FULL, result="min(found, len(token_ids) - 1)"),
                "partly filled block is hashed",
            ),
            "what is known does not matter": (
                f"{HEAD}    return (len(token_ids) - 1) // block_size * block_size\n",
                "known_hashes has no effect",
            ),
            "never the last full block": (
                _walk(limit="max(0, len(token_ids) // b - 1)"),
                "the last full block is never shared",
            ),
            "one block less": (_walk("max(0, n - 1) * b"), "the last known block is left out"),
            "one block less of the whole": (
                _walk("max(0, n - 1) * b", limit=WHOLE),
                "the last known block is left out",
            ),
            "blocks of 4": (_walk("n * 4"), "block_size is fixed at 4"),
            "hashes of blocks of 4": (_walk(hashes="block_hashes(token_ids, 4)"), "block_size is fixed at 4"),
            "blocks of 16": (_walk("n * 16"), "block_size is fixed at 16"),
            "what is left": (_walk("len(token_ids) - n * b"), "the tokens left to compute are returned"),
            "only whole prompts": (
                f"{HEAD}{USABLE}    return len(usable) * block_size if known_hashes.issuperset(usable) else 0\n",
                "only if it is cached whole",
            ),
            "only the last hash": (
                f"{HEAD}{USABLE}    return len(usable) * block_size if usable and usable[-1] in known_hashes else 0\n",
                "only the last hash of the prompt",
            ),
            "each block by itself": (
                _own_chain("len(token_ids) - b", item="block_hashes(list(block), b)[0]"),
                "each block is hashed by itself",
            ),
            "tokens looked up": (_walk(hashes="token_ids"), "nothing is ever found"),
            "another hash than its own": (
                _own_chain("len(token_ids) - b", item="(parent, block)"),
                "nothing is ever found",
            ),
            "a share": (_walk("n * b / len(token_ids)"), "a whole number (int) was expected"),
            "a float": (_walk("n * float(b)"), "a float; a whole number"),
            "True or False": (_walk("n > 0"), "a whole number (int) was expected"),
            "forgets what it has found": (
                _walk(miss="break\n        known_hashes.remove(one)"),
                "changed the set that it was given",
            ),
            "eats the prompt": (
                f"{HEAD}    token_ids.pop()\n    n = 0\n    for one in block_hashes(token_ids, block_size):\n"
                "        if one not in known_hashes:\n            break\n        n += 1\n"
                "    return n * block_size\n",
                "changed the list that it was given",
            ),
            "an unknown mistake": (_walk("n * b + 5"), "measured in another way"),
            "no hashes, no end": (
                f"{HEAD}    n, hashes = 0, block_hashes(token_ids, block_size)\n"
                "    while hashes[n] in known_hashes:\n        n += 1\n    return n * block_size\n",
                "raised IndexError",
            ),
            "a fourth argument": (
                _walk().replace("block_size):", "num_tokens, block_size):"),
                "the line with `def` was changed",
            ),
            "hard-coded": (_walk("n * b if len(token_ids) < 20 else 0"), "other prompts, hashes or block sizes"),
            "printed": (_walk("print(n)"), "returned None"),
            "left as it was": (f"{HEAD}    raise NotImplementedError()\n", "not written yet"),
        }
    ),
]
