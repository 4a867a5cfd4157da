"""The blocks of the paged KV cache: which are free, which are in use, and what the full ones hold."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class KVCacheBlock:
    """Room for K and V of block_size tokens, in every layer."""

    block_id: int
    ref_cnt: int = 0  # how many requests use it now
    block_hash: Hashable | None = None  # what it holds, once it is full and can be found again


class BlockPool:
    """Hands out blocks, counts who uses them, and finds those that already hold what is asked for.

    A block that nobody uses is free, but keeps its content until it is needed for something else: the
    free blocks form a queue in which the one that was freed longest ago is taken first (LRU).

    num_blocks: how many there are, at least 1.
    """

    def __init__(self, num_blocks: int, enable_caching: bool = True) -> None:
        self.num_blocks = num_blocks
        self.enable_caching = enable_caching
        self.blocks = [KVCacheBlock(block_id) for block_id in range(num_blocks)]
        self.reset()

    @property
    def num_free_blocks(self) -> int:
        """Blocks that nobody uses, whether they still hold something or not."""
        return len(self._free)

    @property
    def usage(self) -> float:
        """The share of blocks in use, 0 to 1."""
        return 1 - self.num_free_blocks / self.num_blocks

    def get_cached_block(self, block_hash: Hashable) -> KVCacheBlock | None:
        """The block that holds the content of this hash, in use or free; None if there is none."""
        return self._cached.get(block_hash)

    def get_new_blocks(self, num_blocks: int) -> list[KVCacheBlock]:
        """Take free blocks, whose content is then forgotten. Errors: ValueError if fewer are free."""
        if num_blocks > self.num_free_blocks:
            raise ValueError(f"{num_blocks} blocks were asked for, and {self.num_free_blocks} are free.")
        taken = [self._free.popitem(last=False)[1] for _ in range(num_blocks)]
        taken.sort(key=lambda block: block.block_id)  # contiguous blocks can be read without a gather
        for block in taken:
            if block.block_hash is not None:
                del self._cached[block.block_hash]
            block.ref_cnt, block.block_hash = 1, None
        return taken

    def touch(self, blocks: Iterable[KVCacheBlock]) -> None:
        """Count one more user of blocks that were found by their hash."""
        for block in blocks:
            if block.ref_cnt == 0:
                del self._free[block.block_id]
            block.ref_cnt += 1

    def free_blocks(self, ordered_blocks: Iterable[KVCacheBlock]) -> None:
        """Count one user less; the blocks left without one become free, the first of them to be taken first.

        Errors: ValueError for a block that is free already.
        """
        for block in ordered_blocks:
            if block.ref_cnt == 0:
                raise ValueError(f"block {block.block_id} is freed a second time.")
            block.ref_cnt -= 1
            if block.ref_cnt == 0:
                self._free[block.block_id] = block

    def put_back(self, blocks: Iterable[KVCacheBlock]) -> None:
        """Free blocks that hold nothing: they are taken next, before any whose content can still be found."""
        for block in blocks:
            self.free_blocks([block])
            self._free.move_to_end(block.block_id, last=False)

    def cache_full_blocks(self, blocks: Sequence[KVCacheBlock], block_hashes: Sequence[Hashable]) -> None:
        """Let full blocks be found by their hashes. Of two with the same content, the first one is."""
        if not self.enable_caching:
            return
        for block, block_hash in zip(blocks, block_hashes, strict=True):
            if block.block_hash is None and block_hash not in self._cached:
                block.block_hash = block_hash
                self._cached[block_hash] = block

    def reset(self) -> None:
        """Free every block and drop the prefix cache, whatever state an exception has left."""
        for block in self.blocks:
            block.ref_cnt, block.block_hash = 0, None
        # An OrderedDict because a block that is found again leaves the queue from its middle, in O(1).
        self._free = OrderedDict((block.block_id, block) for block in self.blocks)
        self._cached: dict[Hashable, KVCacheBlock] = {}
