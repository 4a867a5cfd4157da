"""Exercise 1: which mistake makes two hashes equal or different, or their number wrong."""

from collections.abc import Sequence

from labkit.check import Why

RANDOM: Why = (
    "the hash depends on something beside the tokens: an id, a counter, a random number, the time",
    "compute it from the tokens alone",
)
ALONE: Why = (
    "a block's hash is of the block alone (or of its place as well), but its K and V depend on all tokens before it",
    "let the hash of the block before it go into a block's hash",
)
PARENT_ONLY: Why = (
    "only a block and the one before it go into the hash; the tokens before these do not",
    "let the hash of the block before go into a block's hash, not its tokens",
)
ORDER_IN_BLOCK: Why = (
    "the order of the tokens in a block is lost: by a sum, a set or a sorted list",
    "hash the tokens as a sequence: a tuple keeps the order",
)
ORDER_OF_BLOCKS: Why = (
    "the order of the blocks is lost: by a sum or an XOR of hashes, or by a set",
    "hash the pair (hash of the block before, tokens of this one)",
)
DIGITS: Why = (
    "the digits of the tokens are joined without a mark between them: 1, 23 and 12, 3 become the same text",
    "hash the tokens as a tuple of numbers",
)
WHOLE_PROMPT: Why = (
    "blocks of one prompt share a hash: it is of the whole prompt, of its first block, or the id of a list",
    "print what goes into the hash of each block",
)
FEW_TOKENS: Why = (
    "only some of a block's tokens go into its hash",
    "print what goes into the hash of each block",
)
COARSE: Why = ("too little of the tokens goes into the hash", "print what goes into the hash of each block")
LATER_TOKENS: Why = (
    "tokens behind a block, or the prompt's length, go into its hash",
    "a block's hash may depend on the tokens up to the block's end only",
)
UNHASHABLE: Why = ("a list has no hash: it can change", "tuple(...) makes a hashable value of a list")
TOO_LARGE: Why = (
    "a token id does not fit into one byte: ids go up to the size of the vocabulary",
    "hash a tuple of the ids, or give each id several bytes",
)
# Part of an error's text -> likely cause, next step.
ERRORS: dict[str, Why] = {
    "unhashable type": UNHASHABLE,
    "bytes must be in range": TOO_LARGE,
    "unsigned byte integer is greater": TOO_LARGE,
    "object supporting the buffer API required": (
        "hashlib takes bytes, not numbers or lists",
        "make bytes of the tokens first: repr(...).encode() does",
    ),
    "Strings must be encoded": ("hashlib takes bytes, not text", "text.encode() makes bytes of a text"),
}


def why_so_many(found: int, count: int, num_tokens: int, block_size: int) -> Why:
    """The cause of `found` hashes instead of `count`."""
    if found == num_tokens:
        return "there is a hash for each token", "step through the prompt by block_size"
    if found == num_tokens - block_size + 1:
        return "the blocks overlap: one begins at every token", "step through the prompt by block_size"
    if found == count + 1 and num_tokens % block_size:
        return (
            "the last, partly filled block is hashed too: it will hold other tokens soon",
            "hash full blocks only",
        )
    if found == count + 1:
        return "there is one hash too many", "write down the first and the last token of each block"
    if found == count - 1:
        return "a full block is missing", "write down the first and the last token of each block"
    return (
        "block_size is not what cuts the prompt into blocks, or only some blocks are hashed",
        "write down the first and the last token of each block",
    )


def why_not_equal(same_tokens: bool) -> Why:
    """The cause of different hashes behind the same beginning. same_tokens: whether the whole prompts are equal."""
    return RANDOM if same_tokens else LATER_TOKENS


def why_equal(mine: Sequence[int], theirs: Sequence[int], i: int, j: int, block_size: int) -> Why:
    """The cause of one hash for block i of one prompt and block j of another, which may be the same prompt."""
    own, other = _block(mine, i, block_size), _block(theirs, j, block_size)
    if own == other:
        has_parents = i > 0 and j > 0
        same_parents = has_parents and _block(mine, i - 1, block_size) == _block(theirs, j - 1, block_size)
        return PARENT_ONLY if same_parents else ALONE
    if mine is theirs:
        return WHOLE_PROMPT
    if sorted(own) == sorted(other):
        return ORDER_IN_BLOCK
    if sorted(mine[: (i + 1) * block_size]) == sorted(theirs[: (j + 1) * block_size]):
        return ORDER_OF_BLOCKS
    if "".join(map(str, own)) == "".join(map(str, other)):
        return DIGITS
    if any(a == b for a, b in zip(own, other)):
        return FEW_TOKENS
    return COARSE


def _block(token_ids: Sequence[int], place: int, block_size: int) -> list[int]:
    return list(token_ids[place * block_size :][:block_size])
