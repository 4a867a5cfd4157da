"""Exercise 4: read a request's rows through its block table."""

from answers import Answer, right, wrong

NAME = "gather"
HEAD = f"def {NAME}(blocks, block_ids, num_tokens):\n"


def _gather(expression: str) -> str:
    """The function, returning an expression of b, ids, n, s (the block size) and rest (the shape of a row)."""
    return (
        f"{HEAD}    b, ids, n = blocks, block_ids, num_tokens\n    s, rest = b.shape[1], b.shape[2:]\n"
        f"    return {expression}\n"
    )


GATHER: list[Answer] = [
    right(NAME, "index, reshape, cut", _gather("b[ids].reshape(-1, *rest)[:n]")),
    right(NAME, "concatenate", _gather("np.concatenate([b[i] for i in ids])[:n]")),
    right(NAME, "take", _gather("np.take(b, ids, axis=0).reshape((len(ids) * s,) + rest)[:n]")),
    right(NAME, "a comprehension over positions", _gather("np.array([b[ids[p // s], p % s] for p in range(n)])")),
    right(NAME, "two index arrays", _gather("b[np.array(ids)[np.arange(n) // s], np.arange(n) % s]")),
    right(
        NAME,
        "flat slots, with slot of exercise 2",
        _gather("b.reshape(-1, *rest)[[slot(p, ids, s) for p in range(n)]]"),
    ),
    right(
        NAME,
        "a loop into an empty array",
        f"""
        {HEAD.strip()}
            rows = np.zeros((num_tokens, *blocks.shape[2:]))
            for position in range(num_tokens):
                index, offset = divmod(position, blocks.shape[1])
                rows[position] = blocks[block_ids[index]][offset]
            return rows
    """,
    ),
    right(
        NAME,
        "block by block, the last one cut",
        f"""
        {HEAD.strip()}
            parts, left = [], num_tokens
            for block_id in block_ids:
                if left <= 0:
                    break
                parts.append(blocks[block_id, :left])
                left -= len(parts[-1])
            return np.concatenate(parts, axis=0)
    """,
    ),
    right(
        NAME,
        "recursion",
        f"""
        {HEAD.strip()}
            size = blocks.shape[1]
            if num_tokens <= size:
                return blocks[block_ids[0], :num_tokens].copy()
            rest = {NAME}(blocks, block_ids[1:], num_tokens - size)
            return np.vstack([blocks[block_ids[0]], rest]) if blocks.ndim == 3 else np.concatenate(
                [blocks[block_ids[0]], rest])
    """,
    ),
    *(
        wrong(NAME, name, message, _gather(expression))
        for name, (expression, message) in {
            "sorted": ("b[sorted(ids)].reshape(-1, *rest)[:n]", "block_ids is sorted"),
            "a mask": ("b[np.isin(np.arange(len(b)), ids)].reshape(-1, *rest)[:n]", "block_ids is sorted"),
            "a set": ("b[sorted(set(ids))].reshape(-1, *rest)[:n]", "block_ids is sorted"),
            "the last block whole": ("b[ids].reshape(-1, *rest)", "the last block is read whole"),
            "not joined": ("b[ids]", "the blocks are not joined"),
            "not joined, cut": ("b[ids][:n]", "the blocks are not joined"),
            "the logical blocks": ("b[: len(ids)].reshape(-1, *rest)[:n]", "the logical block number is used"),
            "the first rows of memory": ("b.reshape(-1, *rest)[:n]", "the logical block number is used"),
            "side by side": (
                "b.reshape(-1, *rest)[ids[0] * s : ids[0] * s + n]",
                "the blocks are taken to lie side by side",
            ),
            "side by side from the smallest": (
                "b.reshape(-1, *rest)[min(ids) * s : min(ids) * s + n]",
                "the blocks are taken to lie side by side",
            ),
            "backwards": ("b[ids[::-1]].reshape(-1, *rest)[:n]", "the blocks are read from the end of the list"),
            "the last tokens": ("b[ids].reshape(-1, *rest)[-n:]", "the last rows are kept instead of the first"),
            "backwards in each block": ("b[ids][:, ::-1].reshape(-1, *rest)[:n]", "each block is read backwards"),
            "block and offset swapped": (
                "b[ids].swapaxes(0, 1).reshape(-1, *rest)[:n]",
                "the first slot of every block comes first",
            ),
            "block ids as slots": ("b.reshape(-1, *rest)[ids]", "block_ids is used as a list of slots"),
            "the first block only": ("b[ids[0]][:n]", "only one block is read"),
            "full blocks only": ("b[ids[: n // s]].reshape(-1, *rest)", "the last, partly filled block is left out"),
            "full blocks only, padded": (
                "np.concatenate([b[ids[: n // s]].reshape(-1, *rest), np.zeros((n % s, *rest))])",
                "the last, partly filled block is left out",
            ),
            "one too few": ("b[ids].reshape(-1, *rest)[: n - 1]", "a row is missing, or one is too many"),
            "one too many": ("b[ids].reshape(-1, *rest)[: n + 1]", "a row is missing, or one is too many"),
            "starts one late": (
                "np.concatenate([b[ids].reshape(-1, *rest), b[0]])[1 : n + 1]",
                "the rows begin one slot too late",
            ),
            "every row of one slot": ("b[[ids[p // s] for p in range(n)], 0]", "the offset in the block is missing"),
            "one block for all": (
                "b[ids[0]][np.arange(n) % s]",
                "the first block of the list is read for every token",
            ),
            "block ids as offsets": ("b[np.arange(n) // s, np.arange(n) % s]", "the logical block number is used"),
            "blocks of 4": (
                "b[[ids[p // 4] for p in range(n)], [p % 4 for p in range(n)]]",
                "other blocks, shapes or lengths",
            ),
            "flattened": ("b[ids].reshape(-1)[:n]", "the rows are flattened"),
            "means": ("b[ids].reshape(len(ids) * s, -1).mean(1)[:n]", "the rows are flattened"),
            "an extra axis": ("b[ids].reshape(-1, *rest)[:n][None]", "an axis is lost, kept or added"),
            "a list": ("[b[ids[p // s], p % s] for p in range(n)]", "a numpy array was expected"),
            "whole numbers": ("b[ids].reshape(-1, *rest)[:n].astype(int)", "an array of int64, expected floats"),
            "the slots": ("np.array([ids[p // s] * s + p % s for p in range(n)], float)", "the slots are returned"),
            "an unknown mistake": ("b[ids].reshape(-1, *rest)[:n] + 0.5", "do not come from the request's slots"),
            "indexed by the position": (
                "np.array([b[ids[p]] for p in range(n)])",
                "block_ids has one entry per block, not one per token",
            ),
            "an array indexed by the position": (
                "b[np.array(ids)[np.arange(n)]]",
                "block_ids has one entry per block, not one per token",
            ),
            "the position for the offset": (
                "np.array([b[ids[p // s], p] for p in range(n)])",
                "it is the whole position",
            ),
            "blocks of 16": (
                "np.array([b[ids[p // 16]][p % 16] for p in range(n)])",
                "an offset is too large for a block",
            ),
            "the position for the block": (
                "np.array([b[p] for p in range(n)])",
                "a position or a slot is used as a block",
            ),
            "a tuple of ids": ("b[tuple(ids)]", "numpy takes each value between the brackets, or in a tuple"),
            "multiplied twice": ("b.reshape(-1, *rest)[[i * s * s for i in ids]]", "a slot behind the end of memory"),
            "at most 10 rows": ("b[ids[:3]].reshape(-1, *rest)[:n]", "other blocks, shapes or lengths"),
            "rounded": ("np.round(b[ids].reshape(-1, *rest)[:n], 1)", "other blocks, shapes or lengths"),
            "float16": ("b[ids].reshape(-1, *rest)[:n].astype(np.float16)", "other blocks, shapes or lengths"),
            "prints": ("print(b[ids].reshape(-1, *rest)[:n])", "returned None"),
            "resized in place": (
                "b.reshape(-1, *rest).__setitem__(0, 7) or b[ids].reshape(-1, *rest)[:n]",
                "changed blocks in place",
            ),
            "sorts in place": ("ids.sort() or b[ids].reshape(-1, *rest)[:n]", "changed block_ids in place"),
        }.items()
    ),
    wrong(
        NAME,
        "the engine's",
        "the engine's code",
        "from mini_vllm.worker.paged_kv_cache import BlockTable\n\n"
        + _gather("b.reshape(-1, *rest)[BlockTable(ids, s, n).last_slots(n)]"),
    ),
    wrong(NAME, "left as it was", "not written yet", f"{HEAD}    raise NotImplementedError()\n"),
]
