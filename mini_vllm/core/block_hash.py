"""Names for the content of blocks: equal names mean equal K and V."""

import hashlib
from array import array
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from mini_vllm.request import Request

BlockHasher = Callable[[Request], list[Hashable]]  # the hashes of a request's full blocks that have none yet


def hash_block_tokens(parent_block_hash: bytes | None, token_ids: Sequence[int]) -> bytes:
    """The hash of a full block: of its tokens, and by way of its parent's of all tokens before them.

    K and V of a token depend on every token that comes before it, so two blocks with the same tokens are
    the same only behind the same prefix. It is SHA-256, because a collision would give one request the
    context of another one, and Python's own hash makes collisions easy to construct.
    """
    return hashlib.sha256((parent_block_hash or b"") + array("q", token_ids).tobytes()).digest()


def get_request_block_hasher(block_size: int) -> BlockHasher:
    """The engine's own block hasher: `hash_block_tokens` along the request. A config's `block_hasher` replaces it."""

    def request_block_hasher(request: Request) -> list[Hashable]:
        new_hashes: list[Hashable] = []
        parent: Any = request.block_hashes[-1] if request.block_hashes else None
        for start in range(len(request.block_hashes) * block_size, request.num_tokens - block_size + 1, block_size):
            parent = hash_block_tokens(parent, request.all_token_ids[start : start + block_size])
            new_hashes.append(parent)
        return new_hashes

    return request_block_hasher
