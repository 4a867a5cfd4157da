"""Exercise 1: the hashes of a prompt's blocks."""

from answers import Answer, right, wrong

NAME = "block_hashes"
HEAD = f"def {NAME}(token_ids, block_size):\n"


def _each(
    item: str, *, before: str = "", stop: str = "len(token_ids) + 1 - block_size", step: str = "block_size"
) -> str:
    """One hash for each start `i` of a block, with `ids` and `n` for the arguments, `b` for the block's tokens."""
    return (
        f"{before}{HEAD}    ids, n, found, parent = token_ids, block_size, [], None\n"
        f"    for i in range(0, {stop}, {step}):\n        b = tuple(ids[i : i + n])\n"
        f"        parent = {item}\n        found.append(parent)\n    return found\n"
    )


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, code) for name, (code, message) in mistakes.items()]


BLOCK_HASHES = [
    right(
        NAME,
        "the beginning itself",
        f"{HEAD}    n = block_size\n    return [tuple(token_ids[:end]) for end in range(n, len(token_ids) + 1, n)]",
    ),
    right(
        NAME,
        "SHA-256 of the parent and the block",
        _each(
            "hashlib.sha256((parent or b'') + np.array(b, dtype=np.int64).tobytes()).digest()",
            before="import hashlib\n\n",
        ),
    ),
    right(
        NAME,
        "one running SHA-256",
        f"""
        import hashlib

        {HEAD.strip()}
            found, state = [], hashlib.sha256()
            for place, token in enumerate(token_ids, start=1):
                state.update(b"%d," % token)
                if place % block_size == 0:
                    found.append(state.hexdigest())
            return found
    """,
    ),
    right(
        NAME,
        "recursion, nested pairs",
        f"""
        {HEAD.strip()}
            end = len(token_ids) // block_size * block_size
            if end == 0:
                return ()
            before = {NAME}(token_ids[: end - block_size], block_size)
            return (*before, (before[-1] if before else 0, tuple(token_ids[end - block_size : end])))
    """,
    ),
    right(
        NAME,
        "text with commas",
        f"{HEAD}    text = ''\n    found = []\n"
        "    for i in range(len(token_ids) // block_size):\n"
        "        text += ','.join(map(str, token_ids[i * block_size : (i + 1) * block_size])) + ','\n"
        "        found.append(text)\n    return found",
    ),
    right(
        NAME,
        "numpy: an array of int64",
        f"""
        {HEAD.strip()}
            count, parent, found = len(token_ids) // block_size, 0, []
            for block in np.array(token_ids[: count * block_size], dtype=np.int64).reshape(count, block_size):
                parent = hash((parent, block.tobytes()))
                found.append(parent)
            return np.array(found, dtype=np.int64)
    """,
    ),
    right(
        NAME,
        "the number of the beginning in a table",
        f"""
        beginnings = {{}}

        {HEAD.strip()}
            found = []
            for end in range(block_size, len(token_ids) + 1, block_size):
                found.append(beginnings.setdefault(tuple(token_ids[:end]), len(beginnings)))
            return found
    """,
    ),
    *_mistakes(
        {
            "the block alone": (_each("hash(b)"), "a block's hash is of the block alone"),
            "the block and its place": (_each("(i // n, b)"), "a block's hash is of the block alone"),
            "only the parent's tokens": (
                _each("(tuple(ids[i - n : i]) if i else (), b)"),
                "only a block and the one before it go into the hash",
            ),
            "a partial block, too": (
                _each("hash((parent, b))", stop="len(ids)"),
                "the last, partly filled block is hashed",
            ),
            "the last full block left out": (
                _each("hash((parent, b))", stop="len(ids) - block_size"),
                "a full block is missing",
            ),
            "a hash for each token": (
                _each("hash((parent, ids[i]))", stop="len(ids)", step="1"),
                "there is a hash for each token",
            ),
            "blocks that overlap": (_each("hash((parent, b))", step="1"), "the blocks overlap"),
            "always 16 tokens": (
                _each("hash((parent, b))")
                .replace("block_size, [], None", "16, [], None")
                .replace("+ 1 - block_size, block_size", "+ 1 - 16, 16"),
                "block_size is not what cuts the prompt",
            ),
            "the id of the list": (
                _each("(i, id(token_ids), object().__hash__())", before="kept = []\n\n").replace(
                    "    ids, n", "    kept.append(token_ids)\n    ids, n"
                ),
                "depends on something beside the tokens",
            ),
            "random": (_each("np.random.random()"), "depends on something beside the tokens"),
            "a counter": (
                _each("len(kept)", before="kept = []\n\n").replace(
                    "        b =", "        kept.append(i)\n        b ="
                ),
                "depends on something beside the tokens",
            ),
            "Python's salt for each call": (
                _each("(seed, parent, b)").replace(
                    "    ids, n", "    seed = np.random.default_rng().random()\n    ids, n"
                ),
                "depends on something beside",
            ),
            "the whole prompt": (_each("hash(tuple(ids))"), "tokens behind a block, or the prompt's length"),
            "the prompt's length as well": (_each("(len(ids), tuple(ids[: i + n]))"), "tokens behind a block"),
            "a sum": (_each("(parent or 0) + sum(b)"), "the order of the tokens in a block is lost"),
            "sorted": (_each("(parent, tuple(sorted(b)))"), "the order of the tokens in a block is lost"),
            "a set": (_each("hash((parent, frozenset(b)))"), "the order of the tokens in a block is lost"),
            "hashes added": (_each("(parent or 0) + hash(b)"), "the order of the blocks is lost"),
            "XOR of the hashes": (_each("(parent or 0) ^ hash(b)"), "the order of the blocks is lost"),
            "the set of all blocks so far": (
                _each("frozenset([*(parent or ()), b])"),
                "the order of the blocks is lost",
            ),
            "digits joined": (_each("(parent or '') + ''.join(map(str, b))"), "the digits of the tokens are joined"),
            "the first token of each block": (_each("hash((parent, b[0]))"), "only some of a block's tokens"),
            "the last token of each block": (_each("hash((parent, b[-1]))"), "only some of a block's tokens"),
            "the first block's for all": (_each("hash(tuple(ids[:n]))"), "of one prompt share a hash"),
            # 0 and not None: before Python 3.12, the hash of None is another one in each process.
            "a number cut short": (_each("hash((parent or 0, b)) % 1000"), "other prompts, token ids or block sizes"),
            "lists": (_each("[parent, list(b)]"), "which has no hash"),
            "the hash of a list": (_each("hash(ids[: i + n])"), "a list has no hash"),
            "bytes of one byte each": (_each("bytes(ids[: i + n])"), "does not fit into one byte"),
            "numbers for hashlib": (
                _each("hashlib.sha256(b).hexdigest()", before="import hashlib\n\n"),
                "hashlib takes bytes",
            ),
            "text for hashlib": (
                _each("hashlib.sha256(str(ids[: i + n])).hexdigest()", before="import hashlib\n\n"),
                "hashlib takes bytes, not text",
            ),
            "an object of its own": (
                _each(
                    "Mark(tuple(ids[: i + n]))",
                    before="from fractions import Fraction\n\n\nclass Mark:\n"
                    "    def __init__(self, ids):\n        self.ids = ids\n\n"
                    "    def __eq__(self, other):\n        return self.ids == other.ids\n\n"
                    "    def __hash__(self):\n        return hash(self.ids)\n\n\n",
                ),
                "return numbers, strings, bytes, or tuples",
            ),
            "one hash": (f"{HEAD}    return hash(tuple(token_ids))\n", "one value instead of a list"),
            "a set of hashes": (
                _each("hash((parent, b))").replace("return found", "return set(found)"),
                "one value instead of a list",
            ),
            "printed": (_each("hash((parent, b))").replace("return found", "print(found)"), "returned None"),
            "eats the prompt": (
                f"{HEAD}    found = []\n    parent = ()\n    while len(token_ids) >= block_size:\n"
                "        parent = (parent, tuple(token_ids.pop(0) for _ in range(block_size)))\n"
                "        found.append(parent)\n    return found\n",
                "changed the list that it was given",
            ),
            "hard-coded": (
                f"{HEAD}    n = block_size\n    if len(token_ids) > 14:\n        return []\n"
                "    return [tuple(token_ids[:end]) for end in range(n, len(token_ids) + 1, n)]\n",
                "other prompts, token ids or block sizes",
            ),
            "the engine's hash": (
                _each(
                    "hash_block_tokens(parent, b)", before="from mini_vllm.core.block_hash import hash_block_tokens\n\n"
                ),
                "the engine's code",
            ),
            "left as it was": (f"{HEAD}    raise NotImplementedError()\n", "not written yet"),
        }
    ),
]
