"""Exercise 2: where a token is."""

from answers import Answer, right, wrong

NAME = "slot"
HEAD = f"def {NAME}(position, block_ids, block_size):\n"
CHECK = "    if not 0 <= position < len(block_ids) * block_size:\n        raise ValueError(f'position={position}')\n"


def _slot(expression: str, check: str = CHECK) -> str:
    """The function, returning an expression of p, ids and s."""
    return f"{HEAD}{check}    p, ids, s = position, block_ids, block_size\n    return {expression}\n"


SLOT: list[Answer] = [
    right(NAME, "quotient and remainder", _slot("ids[p // s] * s + p % s")),
    right(
        NAME,
        "divmod",
        f"""
        {HEAD.strip()}
            index, offset = divmod(position, block_size)
            if position < 0 or index >= len(block_ids):
                raise ValueError("no block holds this position")
            return block_size * block_ids[index] + offset
    """,
    ),
    right(NAME, "all slots in a list", _slot("[b * s + o for b in ids for o in range(s)][p]")),
    right(
        NAME,
        "numpy",
        f"""
        {HEAD.strip()}
            slots = (np.array(block_ids, dtype=np.int64)[:, None] * block_size + np.arange(block_size)).ravel()
            if position not in range(len(slots)):
                raise ValueError(f"position {{position}} is not among {{len(slots)}} slots")
            return slots[position]
    """,
    ),
    right(
        NAME,
        "the error translated",
        f"""
        {HEAD.strip()}
            if position < 0:
                raise ValueError("a position is 0 or more")
            try:
                block_id = block_ids[position // block_size]
            except IndexError:
                raise ValueError("no block holds this position") from None
            return block_id * block_size + position % block_size
    """,
    ),
    right(
        NAME,
        "recursion",
        f"""
        {HEAD.strip()}
            if position < 0 or not block_ids:
                raise ValueError("no block holds this position")
            if position < block_size:
                return block_ids[0] * block_size + position
            return {NAME}(position - block_size, block_ids[1:], block_size)
    """,
    ),
    right(
        NAME,
        "from the position itself",
        _slot("p + (ids[p // s] - p // s) * s"),
    ),
    *(
        wrong(NAME, name, message, _slot(expression))
        for name, (expression, message) in {
            "the logical block": ("(p // s) * s + p % s", "the logical block number is used as a block id"),
            "the position": ("p", "the logical block number is used as a block id"),
            "no offset": ("ids[p // s] * s", "the offset in the block is missing"),
            "the block id alone": ("ids[p // s]", "a block id is returned, not a slot"),
            "block id and offset added": ("ids[p // s] + p % s", "the block id is not multiplied by block_size"),
            "index and offset swapped": ("ids[p % s % len(ids)] * s + p // s", "are swapped"),
            "index and offset swapped, unguarded": ("ids[p % s] * s + p // s", "are swapped"),
            "block id times offset": ("ids[p // s] * (p % s)", "the block id is multiplied by the offset"),
            "parentheses": ("(ids[p // s] + p % s) * s", "the offset is multiplied by block_size, too"),
            "sorted": ("sorted(ids)[p // s] * s + p % s", "block_ids is sorted"),
            "sorted, the largest first": ("sorted(ids)[::-1][p // s] * s + p % s", "block_ids is sorted"),
            "from the end": ("ids[-1 - p // s] * s + p % s", "the last block of the list comes first"),
            "the last block": ("ids[-1] * s + p % s", "every token is looked for in the last block"),
            "the first block": ("ids[0] * s + p % s", "every token is looked for in the first block"),
            "the first block, then on": ("ids[0] * s + p", "the blocks are taken to lie side by side"),
            "one block behind": ("ids[p // s - 1] * s + p % s", "the block before the right one"),
            "one slot too far": ("ids[p // s] * s + p % s + 1", "one slot too far"),
            "counts from 1": ("ids[max(p - 1, 0) // s] * s + (p - 1) % s", "positions are counted from 1"),
            "the position added": ("ids[p // s] * s + p", "the whole position is added"),
            "a quotient of the block size": ("ids[p // s] * s + s % (p + 1)", "not the slot of this token"),
            "always 16": ("ids[p // 16] * 16 + p % 16", "block_size is fixed at 16"),
            "block and offset": ("(ids[p // s], p % s)", "a tuple; a whole number"),
            "a float": ("ids[p // s] * s + p % s / 1", "a float; a whole number"),
            "the block id at the position": ("ids[p]", "block_ids has one entry per block, not one per token"),
            "indexed by the position": ("ids[p] * s", "block_ids has one entry per block, not one per token"),
            "searched": ("ids.index(p // s) * s + p % s", "looks for a value that the list does not hold"),
            "indexed by a float": ("ids[p / s] * s + p % s", "raised TypeError"),
            "hard-coded": (
                "{(0, 4): 28, (6, 4): 10, (11, 4): 23}.get((p, s), 18)",
                "other blocks or another block size",
            ),
            "at most three blocks": ("ids[min(p // s, 2)] * s + p % s", "other blocks or another block size"),
            "prints instead of returning": ("print(ids[p // s] * s + p % s)", "returned None"),
            "empties the list": (
                "[ids.pop(0) for _ in range(p // s + 1)][-1] * s + p % s",
                "changed block_ids in place",
            ),
            "sorts in place": ("ids.sort() or ids[p // s] * s + p % s", "changed block_ids in place"),
        }.items()
    ),
    *(
        wrong(NAME, name, message, _slot("ids[p // s] * s + p % s", check))
        for name, (check, message) in {
            "no check": ("", "the list ends before this position"),
            "no check of negative positions": (
                "    if position >= len(block_ids) * block_size:\n        raise ValueError('too far')\n",
                "Python counts a negative index from the end",
            ),
            "compares tokens with blocks": (
                "    if not 0 <= position < len(block_ids):\n        raise ValueError('too far')\n",
                "a position that a block holds is refused",
            ),
            "one position too many": (
                "    if not 0 <= position <= len(block_ids) * block_size:\n        raise ValueError('too far')\n",
                "the list ends before this position",
            ),
            "raises an IndexError": (
                "    if not 0 <= position < len(block_ids) * block_size:\n        raise IndexError('too far')\n",
                "the check raises another error",
            ),
            "refuses the last position": (
                "    if not 0 <= position < len(block_ids) * block_size - 1:\n        raise ValueError('too far')\n",
                "a position that a block holds is refused",
            ),
            "refuses position 0": (
                "    if not 0 < position < len(block_ids) * block_size:\n        raise ValueError('too far')\n",
                "a position that a block holds is refused",
            ),
            "returns -1": (
                "    if not 0 <= position < len(block_ids) * block_size:\n        return -1\n",
                "the list ends before this position",
            ),
            "returns the error": (
                "    if not 0 <= position < len(block_ids) * block_size:\n        return ValueError('no')\n",
                "the error is returned",
            ),
            "asserts": (
                "    assert 0 <= position < len(block_ids) * block_size\n",
                "the check raises another error",
            ),
        }.items()
    ),
    wrong(
        NAME,
        "the engine's",
        "the engine's code",
        "from mini_vllm.worker.paged_kv_cache import BlockTable\n\n"
        + _slot("int(BlockTable(ids, s, p + 1).last_slots(1)[0])"),
    ),
    wrong(NAME, "left as it was", "not written yet", f"{HEAD}    raise NotImplementedError()\n"),
]
