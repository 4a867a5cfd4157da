"""Exercise 5: reference counts, two functions in one cell."""

from answers import Answer, right, wrong

NAME = "share"
SHARE = """def share(ref_counts, block_ids):
    counts = list(ref_counts)
    for block_id in block_ids:
        counts[block_id] += 1
    return counts
"""
RELEASE = """def release(ref_counts, block_ids):
    counts, freed = list(ref_counts), []
    for block_id in block_ids:
        if counts[block_id] == 0:
            raise ValueError(f"block {block_id} is free already")
        counts[block_id] -= 1
        if counts[block_id] == 0:
            freed.append(block_id)
    return counts, freed
"""


def _share(expression: str) -> str:
    """share, returning an expression of c (a copy of ref_counts) and ids; release is right."""
    head = "def share(ref_counts, block_ids):\n    c, ids = list(ref_counts), block_ids\n"
    return f"{head}    return {expression}\n\n{RELEASE}"


def _release(old: str, new: str) -> str:
    """release with one part replaced by another; share is right."""
    assert RELEASE.count(old) >= 1, old
    return f"{SHARE}\n{RELEASE.replace(old, new, 1)}"


COUNTS: list[Answer] = [
    right(NAME, "two loops", f"{SHARE}\n{RELEASE}"),
    right(
        NAME,
        "numpy",
        """
        def share(ref_counts, block_ids):
            return np.array(ref_counts) + np.bincount(block_ids, minlength=len(ref_counts))

        def release(ref_counts, block_ids):
            counts, freed = np.array(ref_counts), []
            for block_id in block_ids:
                counts[block_id] -= 1
                if counts[block_id] < 0:
                    raise ValueError("freed twice")
                if counts[block_id] == 0:
                    freed.append(np.int64(block_id))
            return counts, np.array(freed, dtype=int)
    """,
    ),
    right(
        NAME,
        "count",
        """
        def share(ref_counts, block_ids):
            return [count + block_ids.count(block) for block, count in enumerate(ref_counts)]

        def release(ref_counts, block_ids):
            left = [count - block_ids.count(block) for block, count in enumerate(ref_counts)]
            if min(left) < 0:
                raise ValueError("a block is freed twice")
            last = {block: place for place, block in enumerate(block_ids)}
            return left, [b for place, b in enumerate(block_ids) if left[b] == 0 and last[b] == place]
    """,
    ),
    right(
        NAME,
        "Counter",
        """
        from collections import Counter

        def share(ref_counts, block_ids):
            added = Counter(block_ids)
            return tuple(count + added[block] for block, count in enumerate(ref_counts))

        def release(ref_counts, block_ids):
            counts, freed = dict(enumerate(ref_counts)), []
            for block in block_ids:
                if not counts[block]:
                    raise ValueError(block)
                counts[block] -= 1
                freed += [block] * (counts[block] == 0)
            return [list(counts.values()), tuple(freed)]
    """,
    ),
    right(
        NAME,
        "recursion",
        """
        def share(ref_counts, block_ids):
            if not block_ids:
                return list(ref_counts)
            first, *rest = block_ids
            return share([*ref_counts[:first], ref_counts[first] + 1, *ref_counts[first + 1 :]], rest)

        def release(ref_counts, block_ids):
            if not block_ids:
                return list(ref_counts), []
            first, *rest = block_ids
            if ref_counts[first] < 1:
                raise ValueError("free already")
            left = ref_counts[first] - 1
            counts, freed = release([*ref_counts[:first], left, *ref_counts[first + 1 :]], rest)
            return counts, [first] * (left == 0) + freed
    """,
    ),
    right(
        NAME,
        "np.add.at",
        """
        def share(ref_counts, block_ids):
            counts = np.asarray(ref_counts).copy()
            np.add.at(counts, np.asarray(block_ids, dtype=int), 1)
            return counts.tolist()

        """
        + RELEASE.replace("\n", "\n        "),
    ),
    *(
        wrong(NAME, f"share: {name}", message, _share(expression))
        for name, (expression, message) in {
            "the first entry alone": (
                "[n + (b == ids[0]) for b, n in enumerate(c)]",
                "only the first entry is counted",
            ),
            "set to 1": ("[1 if b in ids else n for b, n in enumerate(c)]", "the count is set to 1"),
            "counts a repeated block once": (
                "[n + (b in ids) for b, n in enumerate(c)]",
                "a block that is listed twice is counted once",
            ),
            "numpy's index": (
                "(lambda a: (a.__setitem__(ids, a[ids] + 1), a.tolist())[1])(np.array(c))",
                "a block that is listed twice is counted once",
            ),
            "subtracted": ("[n - ids.count(b) for b, n in enumerate(c)]", "the references are taken away"),
            "unchanged": ("c", "the counts come back unchanged"),
            "every block": ("[n + 1 for n in c]", "every block gets a reference"),
            "the first blocks": ("[n + (b < len(ids)) for b, n in enumerate(c)]", "the first entries are counted"),
            "only those": ("[c[b] + 1 for b in ids]", "the counts of the listed blocks alone"),
            "joined": ("c + ids", "the two lists are joined"),
            "only the new ones": ("[ids.count(b) for b in range(len(c))]", "the old counts are dropped"),
            "free blocks are left out": (
                "[n + ids.count(b) if n else 0 for b, n in enumerate(c)]",
                "a block with count 0 stays at 0",
            ),
            "a dict": ("dict(enumerate(c))", "a dict; a list of whole numbers was expected"),
            "a number": ("sum(c) + len(ids)", "an int; a list of whole numbers was expected"),
            "doubled": ("[n * 2 if b in ids else n for b, n in enumerate(c)]", "the count is doubled"),
            "by two": ("[n + 2 * ids.count(b) for b, n in enumerate(c)]", "two references are added"),
            "floats": ("[float(n + ids.count(b)) for b, n in enumerate(c)]", "holds 2.0, a float"),
            "an unknown mistake": ("[n + ids.count(b) + 7 for b, n in enumerate(c)]", "one reference for each entry"),
            "a pair": ("([n + ids.count(b) for b, n in enumerate(c)], [])", "holds [2, 0, 2, 2], a list"),
            "at most 6 blocks": ("[n + ids.count(b) for b, n in enumerate(c)][:6]", "other counts or other blocks"),
            "at most 4 users": ("[min(4, n + ids.count(b)) for b, n in enumerate(c)]", "other counts or other blocks"),
            "prints": ("print(c)", "returned None"),
            "in place": (
                "[ref_counts.__setitem__(b, ref_counts[b] + 1) for b in ids] and ref_counts",
                "changed ref_counts in place",
            ),
            "in place, no return": (
                "[ref_counts.__setitem__(b, ref_counts[b] + 1) for b in ids] and None",
                "changed ref_counts in place",
            ),
            "left as it was": ("[].not_there", "a misspelled attribute"),
        }.items()
    ),
    wrong(
        NAME,
        "share: not written",
        "share is not written yet",
        SHARE[:36] + "    raise NotImplementedError()\n" + RELEASE,
    ),
    *(
        wrong(NAME, f"release: {name}", message, _release(old, new))
        for name, (old, new, message) in {
            "in place": ("list(ref_counts), []", "ref_counts, []", "changed ref_counts in place"),
            "no check": (
                "        if counts[block_id] == 0:\n            raise",
                "        if False:\n            raise",
                "a count below 0",
            ),
            "ignores a free block": (
                '            raise ValueError(f"block {block_id} is free already")',
                "            continue",
                "a block that is free already",
            ),
            "checks before, not on the way": (
                "    for block_id in block_ids:\n        if counts[block_id] == 0:\n            raise",
                "    for block_id in block_ids:\n        if ref_counts[block_id] == 0:\n            raise",
                "the count is looked up in ref_counts",
            ),
            "an assertion": (
                '        if counts[block_id] == 0:\n            raise ValueError(f"block {block_id} is free already")',
                "        assert counts[block_id] > 0",
                "the check raises another error",
            ),
            "frees shared blocks": (
                "        if counts[block_id] == 0:\n            freed",
                "        if True:\n            freed",
                "blocks that others still use are freed",
            ),
            "frees at 1": (
                "        if counts[block_id] == 0:\n            freed",
                "        if counts[block_id] == 1:\n            freed",
                "a block is freed while one request still uses it",
            ),
            "tested before it is counted": (
                "        counts[block_id] -= 1\n        if counts[block_id] == 0:",
                "        if counts[block_id] == 0:\n            freed.append(block_id)\n"
                "        counts[block_id] -= 1\n        if False:",
                "no block becomes free",
            ),
            "never free": ("freed.append(block_id)", "pass", "no block becomes free"),
            "sorted": ("return counts, freed", "return counts, sorted(freed)", "the order is lost"),
            "a set": ("return counts, freed", "return counts, list(set(freed))", "the order is lost"),
            "from the counts": (
                "return counts, freed",
                "return counts, [b for b, n in enumerate(counts) if n == 0 and ref_counts[b] > 0]",
                "the order is lost",
            ),
            "all free blocks": (
                "return counts, freed",
                "return counts, [b for b, n in enumerate(counts) if n == 0]",
                "blocks that were free before are listed, too",
            ),
            "reversed": ("return counts, freed", "return counts, freed[::-1]", "the order is reversed"),
            "at the first mention": (
                "return counts, freed",
                "return counts, [b for b in dict.fromkeys(block_ids) if counts[b] == 0]",
                "the order of their first mention",
            ),
            "twice": (
                "return counts, freed",
                "return counts, [b for b in block_ids if counts[b] == 0]",
                "a block is listed twice",
            ),
            "from the back": ("in block_ids:", "in reversed(block_ids):", "released in reverse order"),
            "a set of blocks": ("in block_ids:", "in set(block_ids):", "block_ids is made a set"),
            "return in the loop": (
                "    return counts, freed",
                "        return counts, freed",
                "only the first entry is counted",
            ),
            "another error": ("raise ValueError(", "raise RuntimeError(", "the check raises another error"),
            "set to 0": ("counts[block_id] -= 1", "counts[block_id] = 0", "the count is set to 0"),
            "each block once": ("in block_ids:", "in dict.fromkeys(block_ids):", "listed twice is released once"),
            "swapped": ("return counts, freed", "return freed, counts", "the two lists are swapped"),
            "freed alone": ("return counts, freed", "return freed", "a pair (counts, freed) was expected"),
            "counts alone": ("return counts, freed", "return counts", "a pair (counts, freed) was expected"),
            "how many": ("return counts, freed", "return counts, len(freed)", "an int, as freed; a list"),
            "old counts": ("return counts, freed", "return list(ref_counts), freed", "the counts come back unchanged"),
            "added": ("counts[block_id] -= 1", "counts[block_id] += 1", "references are added"),
            "places": ("freed.append(block_id)", "freed.append(len(freed))", "not the blocks whose count"),
            "an unknown mistake": (
                "return counts, freed",
                "return [n + 3 for n in counts], freed",
                "one reference less",
            ),
            "at most 3": ("return counts, freed", "return counts, freed[:3]", "other counts or other blocks"),
            "forgets block 0": (
                "freed.append(block_id)",
                "freed += [block_id] * (len(counts) < 7 or block_id > 0)",
                "other counts or other blocks",
            ),
            "freed as a set": ("return counts, freed", "return counts, set(freed)", ", a set, as freed; a list of"),
            "counts as a dict": (
                "return counts, freed",
                "return dict(enumerate(counts)), freed",
                ", a dict, as counts; a list of",
            ),
            "a float among the freed": (
                "return counts, freed",
                "return counts, [float(block) for block in freed]",
                " as freed, which holds ",
            ),
            "prints": ("return counts, freed", "print(counts, freed)", "returned None"),
            "empties the table": (
                "for block_id in block_ids:",
                "for block_id in iter(lambda: block_ids.pop(0) if block_ids else None, None):",
                "changed block_ids in place",
            ),
        }.items()
    ),
    wrong(
        NAME,
        "the engine's",
        "the engine's code",
        SHARE
        + """
def release(ref_counts, block_ids):
    from mini_vllm.core.block_pool import BlockPool

    pool = BlockPool(len(ref_counts))
    return list(ref_counts), block_ids[: pool.num_blocks]
""",
    ),
    wrong(
        NAME,
        "release: not written",
        "release is not written yet",
        SHARE + "\ndef release(r, b):\n    raise NotImplementedError()\n",
    ),
]
