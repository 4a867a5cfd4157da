"""K and V of all requests in one array of blocks (PagedAttention, Kwon et al., 2023)."""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from mini_vllm.config import ModelConfig
from mini_vllm.layers.attention import causal_attention


class PagedKVCache:
    """The memory of a model's K and V, (num_hidden_layers, 2, num_blocks, block_size, num_key_value_heads, head_dim).

    float32; axis 1 is K, then V. The operating system provides a page of it when it is first written.

    Errors: MemoryError, with the numbers, if there is less.
    """

    def __init__(self, config: ModelConfig, num_blocks: int, block_size: int) -> None:
        self.block_size = block_size
        self.windows = config.layer_windows
        shape = (config.num_hidden_layers, 2, num_blocks, block_size, config.num_key_value_heads, config.head_dim)
        try:
            self.blocks = np.empty(shape, dtype=np.float32)
        except (MemoryError, ValueError):  # ValueError: more than any address can name
            raise MemoryError(
                f"A KV cache of {num_blocks} blocks of {block_size} tokens does not fit into this machine's memory: "
                "lower num_blocks, kv_cache_memory_bytes, max_num_seqs or max_model_len."
            ) from None
        self._scratch = np.empty(0, dtype=np.float32)
        # The same memory, by slot instead of by block: slot = block_id * block_size + offset.
        self._slots = self.blocks.reshape(*shape[:2], num_blocks * block_size, *shape[4:])

    def write(self, layer: int, slots: np.ndarray | slice, k: np.ndarray, v: np.ndarray) -> None:
        """Store K and V, (num_tokens, num_key_value_heads, head_dim), at `slots`."""
        keys, values = self._slots[layer]
        keys[slots] = k
        values[slots] = v

    def read(self, layer: int, table: "BlockTable") -> np.ndarray:
        """K and V of a whole sequence, (2, table.num_tokens, num_key_value_heads, head_dim), until the next read."""
        if table.first_slot is not None:
            return self._slots[layer, :, table.first_slot : table.first_slot + table.num_tokens]
        # Into memory that is there already: a fresh array of this size would cost more than the copy.
        shape = (2, len(table.block_ids), *self.blocks.shape[3:])
        if self._scratch.size < math.prod(shape):
            self._scratch = np.empty(2 * math.prod(shape), dtype=np.float32)
        gathered = self._scratch[: math.prod(shape)].reshape(shape)
        # take is several times faster with a mode than without one, or than indexing with an array.
        self.blocks[layer].take(table.block_ids, axis=1, out=gathered, mode="clip")
        return gathered.reshape(2, -1, *shape[3:])[:, : table.num_tokens]


class BlockTable:
    """Where the tokens of one sequence are.

    block_ids:  the i-th block holds tokens i * block_size and on.
    num_tokens: of the sequence, those of this step included.
    """

    def __init__(self, block_ids: Sequence[int], block_size: int, num_tokens: int) -> None:
        self.block_ids = np.array(block_ids)
        self.block_size = block_size
        self.num_tokens = num_tokens
        # Blocks that happen to lie one behind the other are read where they are, without a copy.
        in_order = (np.diff(self.block_ids) == 1).all()
        self.first_slot = block_ids[0] * block_size if in_order else None

    def last_slots(self, num_slots: int) -> np.ndarray:
        """The slots of the last tokens of the sequence, (num_slots,)."""
        positions = np.arange(self.num_tokens - num_slots, self.num_tokens)
        return self.block_ids[positions // self.block_size] * self.block_size + positions % self.block_size


class PagedAttention:
    """The attention of one step: every sequence attends to its own tokens, in its own blocks.

    tables:     one for each sequence.
    query_lens: how many tokens of this step each of them has; they lie one sequence behind the other.
    """

    def __init__(self, kv_cache: PagedKVCache, tables: Sequence[BlockTable], query_lens: Sequence[int]) -> None:
        self.kv_cache, self.tables = kv_cache, tables
        ends = list(itertools.accumulate(query_lens))
        self.rows = [slice(end - query_len, end) for end, query_len in zip(ends, query_lens)]
        slots = np.concatenate([table.last_slots(query_len) for table, query_len in zip(tables, query_lens)])
        # Side by side they are a slice, which numpy writes to several times faster than to an array of indices.
        is_run = (np.diff(slots) == 1).all()
        self.slots = slice(int(slots[0]), int(slots[-1]) + 1) if is_run else slots

    def __call__(self, layer: int, q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
        # All tokens are written before any is read, so that sequences may share blocks of this very step.
        self.kv_cache.write(layer, self.slots, k, v)
        window = self.kv_cache.windows[layer]
        attended = []
        for rows, table in zip(self.rows, self.tables):
            keys, values = self.kv_cache.read(layer, table)
            attended.append(causal_attention(q[rows], keys, values, window))
        return attended[0] if len(attended) == 1 else np.concatenate(attended)
