"""Gives each request the blocks for its tokens, and lets requests share those of a common prefix."""

from collections.abc import Sequence

from mini_vllm.core.block_hash import BlockHasher, get_request_block_hasher
from mini_vllm.core.block_pool import BlockPool, KVCacheBlock
from mini_vllm.request import Request


class KVCacheManager:
    """The block table of every request that has blocks: the i-th holds its tokens i * block_size and on."""

    def __init__(
        self, num_blocks: int, block_size: int, enable_caching: bool = True, block_hasher: BlockHasher | None = None
    ) -> None:
        self.block_size = block_size
        self.block_hasher = block_hasher or get_request_block_hasher(block_size)
        self.block_pool = BlockPool(num_blocks, enable_caching)
        self._blocks: dict[str, list[KVCacheBlock]] = {}  # by request id
        self._num_cached_blocks: dict[str, int] = {}  # leading blocks that can be found by their hashes

    def get_computed_blocks(self, request: Request) -> list[KVCacheBlock]:
        """The cached blocks that hold the first tokens of a request, which has no blocks yet.

        The last token is never among them, even if its block is there: the request needs its logits, and a
        cache holds none. What is shared then ends with the block before.
        """
        if not self.block_pool.enable_caching or request.needs_prompt_logprobs:
            return []
        request.block_hashes += self.block_hasher(request)
        found: list[KVCacheBlock] = []
        for block_hash in request.block_hashes[: (request.num_tokens - 1) // self.block_size]:
            block = self.block_pool.get_cached_block(block_hash)
            if block is None:
                break
            found.append(block)
        return found

    def allocate_slots(
        self, request: Request, num_new_tokens: int, computed_blocks: Sequence[KVCacheBlock] = ()
    ) -> bool:
        """Make room for the next `num_new_tokens` of a request; False, and nothing changed, if there is none.

        computed_blocks: from `get_computed_blocks`; they become the request's, and its new tokens follow them.

        The full blocks can be found from now on, although they are computed in the step that is being planned:
        the same step computes them before anyone reads them, so equal prompts share them at once. A block with
        drafts cannot: whether it holds what follows is not known yet.
        """
        held = self._blocks.get(request.request_id, [])
        num_tokens = request.num_computed_tokens + len(computed_blocks) * self.block_size + num_new_tokens
        num_new_blocks = -(-num_tokens // self.block_size) - len(held) - len(computed_blocks)
        free_but_computed = sum(block.ref_cnt == 0 for block in computed_blocks)
        if num_new_blocks > self.block_pool.num_free_blocks - free_but_computed:
            return False
        self.block_pool.touch(computed_blocks)
        new_blocks = self.block_pool.get_new_blocks(max(num_new_blocks, 0))
        blocks = self._blocks[request.request_id] = [*held, *computed_blocks, *new_blocks]
        if self.block_pool.enable_caching:
            request.block_hashes += self.block_hasher(request)
            num_cached = self._num_cached_blocks.get(request.request_id, len(computed_blocks))
            num_full = min(num_tokens, request.num_tokens) // self.block_size
            new = slice(num_cached, num_full)
            self.block_pool.cache_full_blocks(blocks[new], request.block_hashes[new])
            self._num_cached_blocks[request.request_id] = num_full
        return True

    def free_draft_blocks(self, request: Request) -> None:
        """Free the last blocks of a request, those that hold none of its computed tokens."""
        blocks = self._blocks[request.request_id]
        num_needed = -(-request.num_computed_tokens // self.block_size)
        self.block_pool.put_back(reversed(blocks[num_needed:]))
        del blocks[num_needed:]

    def get_block_ids(self, request_id: str) -> list[int]:
        """The block table of a request."""
        return [block.block_id for block in self._blocks[request_id]]

    def free(self, request: Request) -> None:
        """Take a request's blocks from it, if it has any."""
        # The last block first: a longer prefix is of use to fewer, so it is forgotten before a shorter one.
        self.block_pool.free_blocks(reversed(self._blocks.pop(request.request_id, [])))
        self._num_cached_blocks.pop(request.request_id, None)

    def reset(self) -> None:
        """Free the blocks of all requests and drop the prefix cache."""
        self._blocks, self._num_cached_blocks = {}, {}
        self.block_pool.reset()
