"""Names for the content of blocks: equal names mean equal K and V."""

import hashlib
from array import array
from collections.abc import Sequence


def hash_block_tokens(parent_block_hash: bytes | None, token_ids: Sequence[int]) -> bytes:
    """The hash of a full block: of its tokens, and by way of its parent's of all tokens before them.

    K and V of a token depend on every token that comes before it, so two blocks with the same tokens are
    the same only behind the same prefix. It is SHA-256, because a collision would give one request the
    context of another one, and Python's own hash makes collisions easy to construct.
    """
    return hashlib.sha256((parent_block_hash or b"") + array("q", token_ids).tobytes()).digest()


def extend_block_hashes(block_hashes: list[bytes], token_ids: Sequence[int], block_size: int) -> None:
    """Append, in place, the hashes of the full blocks of `token_ids` that have none yet."""
    for start in range(len(block_hashes) * block_size, len(token_ids) - block_size + 1, block_size):
        parent = block_hashes[-1] if block_hashes else None
        block_hashes.append(hash_block_tokens(parent, token_ids[start : start + block_size]))
