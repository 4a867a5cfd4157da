"""Parts of the engine in which the student's functions replace the engine's own.

Imported when an engine is made: loading the engine takes a moment.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from mini_vllm.core.block_pool import BlockPool, KVCacheBlock
from mini_vllm.core.scheduler import Scheduler
from mini_vllm.engine.llm_engine import LLMEngine
from mini_vllm.engine_config import EngineConfig
from mini_vllm.worker.paged_kv_cache import BlockTable, PagedKVCache


class CountedPool(BlockPool):
    """A block pool whose reference counts come from the student's share and release."""

    def __init__(
        self, num_blocks: int, enable_caching: bool, share: Callable[..., Any], release: Callable[..., Any]
    ) -> None:
        super().__init__(num_blocks, enable_caching)
        self._share, self._release = share, release

    def touch(self, blocks: Iterable[KVCacheBlock]) -> None:
        block_ids = [block.block_id for block in blocks]
        self._set(self._share([block.ref_cnt for block in self.blocks], block_ids))
        for block_id in block_ids:  # one that nobody used is not free any more
            self._free.pop(block_id, None)

    def free_blocks(self, ordered_blocks: Iterable[KVCacheBlock]) -> None:
        block_ids = [block.block_id for block in ordered_blocks]
        counts, freed = self._release([block.ref_cnt for block in self.blocks], block_ids)
        self._set(counts)
        for block_id in freed:
            self._free[int(block_id)] = self.blocks[int(block_id)]

    def _set(self, counts: Iterable[Any]) -> None:
        for block, count in zip(self.blocks, counts, strict=True):
            block.ref_cnt = int(count)


class GatheredCache(PagedKVCache):
    """A KV cache that is read by the student's gather."""

    def __init__(self, own: PagedKVCache, gather: Callable[..., Any]) -> None:
        self.__dict__.update(own.__dict__)  # the same memory
        self._gather, self.num_reads = gather, 0

    def read(self, layer: int, table: BlockTable) -> np.ndarray:
        block_ids = table.block_ids.tolist()
        self.num_reads += 1
        return np.stack([self._gather(part, block_ids, table.num_tokens) for part in self.blocks[layer]])


def scheduler_with(share: Callable[..., Any], release: Callable[..., Any]) -> type[Scheduler]:
    """The engine's scheduler, with a `CountedPool`."""

    class CountedScheduler(Scheduler):
        """Counts references with the student's functions."""

        def __init__(self, config: EngineConfig) -> None:
            super().__init__(config)
            pool = CountedPool(config.num_blocks, config.enable_prefix_caching, share, release)
            self.kv_cache_manager.block_pool = pool

    return CountedScheduler


def read_with(engine: LLMEngine, gather: Callable[..., Any]) -> GatheredCache:
    """Let the engine read its cache by `gather` from now on."""
    cache = GatheredCache(engine.model_runner.kv_cache, gather)
    engine.model_runner.kv_cache = cache
    return cache
