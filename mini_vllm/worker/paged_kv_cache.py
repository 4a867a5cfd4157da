"""K and V of all requests in one array of blocks (PagedAttention, Kwon et al., 2023)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mini_vllm.config import ModelConfig
from mini_vllm.layers.attention import causal_attention


class PagedKVCache:
    """The memory of a model's K and V, (num_hidden_layers, 2, num_blocks, block_size, num_key_value_heads, head_dim).

    float32; axis 1 is K, then V. The operating system provides a page of it when it is first written.

    Errors: MemoryError, with the numbers, if there is not so much.
    """

    def __init__(self, config: ModelConfig, num_blocks: int, block_size: int) -> None:
        self.block_size = block_size
        shape = (config.num_hidden_layers, 2, num_blocks, block_size, config.num_key_value_heads, config.head_dim)
        try:
            self.blocks = np.empty(shape, dtype=np.float32)
        except (MemoryError, ValueError):  # ValueError: more than any address can name
            raise MemoryError(
                f"A KV cache of {num_blocks} blocks of {block_size} tokens does not fit into this machine's memory: "
                "lower num_blocks, kv_cache_memory_bytes, max_num_seqs or max_model_len."
            ) from None
        # The same memory, by slot instead of by block: slot = block_id * block_size + offset.
        self._slots = self.blocks.reshape(*shape[:2], num_blocks * block_size, *shape[4:])

    @property
    def nbytes(self) -> int:
        """Bytes of all blocks, free ones included."""
        return self.blocks.nbytes

    def write(self, layer: int, slots: np.ndarray, k: np.ndarray, v: np.ndarray) -> None:
        """Store K and V, (num_tokens, num_key_value_heads, head_dim), at `slots`, (num_tokens,)."""
        keys, values = self._slots[layer]
        keys[slots] = k
        values[slots] = v

    def read(self, layer: int, table: "BlockTable") -> np.ndarray:
        """K and V of a whole sequence, (2, table.num_tokens, num_key_value_heads, head_dim)."""
        if table.first_slot is not None:
            return self._slots[layer, :, table.first_slot : table.first_slot + table.num_tokens]
        # take is several times faster than indexing with an array, or than take without a mode.
        gathered = self.blocks[layer].take(table.block_ids, axis=1, mode="clip")
        return gathered.reshape(2, -1, *gathered.shape[3:])[:, : table.num_tokens]


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

    def slots(self, positions: np.ndarray) -> np.ndarray:
        """The slot of each position of the sequence."""
        return self.block_ids[positions // self.block_size] * self.block_size + positions % self.block_size


@dataclass(frozen=True)
class PagedAttention:
    """The attention of one step: every sequence attends to its own tokens, in its own blocks."""

    kv_cache: PagedKVCache
    tables: Sequence[BlockTable]  # one for each sequence
    query_lens: Sequence[int]  # how many tokens of this step are hers; they lie one sequence behind the other
    slots: np.ndarray  # where K and V of each token of this step go

    def __call__(self, layer: int, q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
        # All tokens are written before any is read, so that sequences may share blocks of this very step.
        self.kv_cache.write(layer, self.slots, k, v)
        out = np.empty((len(q), q.shape[1] * q.shape[2]), dtype=np.float32)
        start = 0
        for table, query_len in zip(self.tables, self.query_lens):
            rows = slice(start, start + query_len)
            out[rows] = causal_attention(q[rows], *self.kv_cache.read(layer, table))
            start += query_len
        return out
