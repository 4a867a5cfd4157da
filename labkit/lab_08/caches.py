"""The three prefix caches of exercise 5: the engine's own, and two with bugs that real engines have shipped."""

from collections.abc import Callable, Hashable, Sequence

from labkit.call import unwatched
from mini_vllm import SamplingParams
from mini_vllm.core.block_pool import KVCacheBlock
from mini_vllm.core.kv_cache_manager import KVCacheManager
from mini_vllm.request import Request

NUM_BLOCKS = 4096  # enough for every block of the prompts that a test takes, so that nothing is evicted


def own_tokens_only(block_size: int) -> Callable[[Request], list[Hashable]]:
    """A block hasher with a bug: the hash of a block is of its own tokens."""

    def hasher(request: Request) -> list[Hashable]:
        ids, known = request.all_token_ids, len(request.block_hashes)
        blocks = (tuple(ids[start : start + block_size]) for start in range(0, len(ids), block_size))
        full: list[Hashable] = [block for block in blocks if len(block) == block_size]
        return full[known:]

    return hasher


class WholePrompts(KVCacheManager):
    """A KV cache manager with a bug: it takes a prompt from the cache whole, its last token too."""

    def get_computed_blocks(self, request: Request) -> list[KVCacheBlock]:
        one_more = Request(request.request_id, [*request.all_token_ids, 0], request.sampling_params)
        return super().get_computed_blocks(one_more)


def _right(block_size: int) -> KVCacheManager:
    return KVCacheManager(NUM_BLOCKS, block_size)


def _own_tokens(block_size: int) -> KVCacheManager:
    return KVCacheManager(NUM_BLOCKS, block_size, block_hasher=own_tokens_only(block_size))


def _whole_prompts(block_size: int) -> KVCacheManager:
    return WholePrompts(NUM_BLOCKS, block_size)


KINDS = {"a": _whole_prompts, "b": _right, "c": _own_tokens}
RIGHT, WHOLE, OWN = "b", "a", "c"


class PrefixCache:
    """The blocks of an engine without a model: it can be asked what a prompt finds.

    block_size: tokens in a block.
    """

    def __init__(self, name: str, block_size: int) -> None:
        self._name, self.block_size = name, block_size
        self._manager, self._served = KINDS[name](block_size), 0

    def serve(self, prompt: Sequence[int]) -> int:
        """Serve a prompt, and keep its full blocks. Returns how many of its tokens were found in the cache."""
        with unwatched():
            request = Request(str(self._served), prompt, SamplingParams(max_tokens=1))
            self._served += 1
            found = self._manager.get_computed_blocks(request)
            num_found = len(found) * self.block_size
            self._manager.allocate_slots(request, len(request.all_token_ids) - num_found, found)
            self._manager.free(request)
            return num_found


def caches(block_size: int) -> dict[str, PrefixCache]:
    """The three caches by name, all of them empty."""
    return {name: PrefixCache(name, block_size) for name in KINDS}
