"""One sequence through a model, with a cache that grows: what lab 01 counts, and what tests compare the engine with.

The engine takes another path. It serves many sequences at once, from the blocks of worker/paged_kv_cache.py.
"""

from collections.abc import Sequence

import numpy as np

from mini_vllm.config import ModelConfig
from mini_vllm.layers.attention import causal_attention
from mini_vllm.models.llama import LlamaForCausalLM


class OneSequence:
    """A model that takes token ids and returns the logits of the token that follows each of them.

    `tokens_processed` counts every token position that `forward` has passed through the network.
    """

    def __init__(self, model: LlamaForCausalLM) -> None:
        self._model = model
        self.config = model.config
        self.tokens_processed = 0

    def new_cache(self) -> "KVCache":
        """An empty cache for one sequence of this model."""
        return KVCache(self.config)

    def forward(self, token_ids: Sequence[int], cache: "KVCache | None" = None) -> np.ndarray:
        """Pass `token_ids` through the network and return their logits, (len(token_ids), vocab_size).

        cache: holds K and V of the tokens that come before `token_ids`, and is extended in place by
        theirs. Without one, `token_ids` is the whole sequence and its K and V are thrown away.

        Errors: TypeError or ValueError, naming the value, for what is not a sequence of token ids;
        ValueError if the sequence grows past the model's longest context. The cache is then unchanged.
        """
        if cache is None:
            cache = self.new_cache()
        ids = self._checked(token_ids, cache.num_tokens)
        positions = np.arange(cache.num_tokens, cache.num_tokens + len(ids))
        hidden = self._model.forward(ids, positions, cache.attention)
        cache.advance(len(ids))
        self.tokens_processed += len(ids)
        return self._model.compute_logits(hidden)

    def _checked(self, token_ids: Sequence[int], num_cached: int) -> np.ndarray:
        ids = np.asarray(token_ids)
        if ids.ndim != 1 or ids.size == 0:
            raise ValueError(
                f"token_ids has shape {ids.shape}: pass a list of at least one token id, for example [3] or ids[-1:]."
            )
        if not np.issubdtype(ids.dtype, np.integer):
            raise TypeError(f"token_ids holds {ids.dtype} values: token ids are whole numbers.")
        if ids.min() < 0 or ids.max() >= self.config.vocab_size:
            bad = int(ids.min()) if ids.min() < 0 else int(ids.max())
            raise ValueError(f"token id {bad} is outside the vocabulary, 0 to {self.config.vocab_size - 1}.")
        limit = self.config.max_model_len
        if num_cached + len(ids) > limit:
            raise ValueError(
                f"{num_cached} cached and {len(ids)} new tokens make {num_cached + len(ids)}, "
                f"more than the model's longest context, {limit}."
            )
        return ids


class KVCache:
    """K and V of one sequence, for every layer, in one growing buffer.

    The buffer is one array of shape (num_hidden_layers, 2, capacity, num_key_value_heads, head_dim),
    float32; axis 1 is K, then V. Rows past `num_tokens` are free. The capacity doubles when it
    is used up, so that appending one token costs O(1) copies on average: a cache that grows
    by concatenation copies itself at every step, which is O(N^2) bytes.
    """

    def __init__(self, config: ModelConfig, initial_capacity: int = 64) -> None:
        self.num_tokens = 0
        self._windows = config.layer_windows
        self._buffer = np.empty(
            (config.num_hidden_layers, 2, initial_capacity, config.num_key_value_heads, config.head_dim),
            dtype=np.float32,
        )

    def keys(self, layer: int) -> np.ndarray:
        """K of `layer`, shape (num_tokens, num_key_value_heads, head_dim): a read-only view."""
        return self._view(layer, 0)

    def values(self, layer: int) -> np.ndarray:
        """V of `layer`, shape (num_tokens, num_key_value_heads, head_dim): a read-only view."""
        return self._view(layer, 1)

    @property
    def nbytes(self) -> int:
        """Bytes of K and V held for the tokens seen so far, the free rows not counted."""
        return self._buffer[:, :, : self.num_tokens].nbytes

    def write(self, layer: int, k: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Write K and V of new tokens behind the old ones and return those of the whole sequence.

        k, v: shape (new tokens, num_key_value_heads, head_dim). The rows count as seen only after
        `advance`, since every layer of one forward pass writes at the same positions.
        """
        end = self.num_tokens + len(k)
        self._reserve(end)
        self._buffer[layer, 0, self.num_tokens : end] = k
        self._buffer[layer, 1, self.num_tokens : end] = v
        return self._buffer[layer, 0, :end], self._buffer[layer, 1, :end]

    def attention(self, layer: int, q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
        """What new tokens attend to, (new tokens, num_attention_heads * head_dim); their K and V are kept.

        q: shape (new tokens, num_attention_heads, head_dim); k, v: as `write` takes them.
        """
        keys, values = self.write(layer, k, v)
        return causal_attention(q, keys, values, self._windows[layer])

    def advance(self, num_new_tokens: int) -> None:
        """Count `num_new_tokens` rows, written in every layer, as seen."""
        self.num_tokens += num_new_tokens

    def _reserve(self, num_tokens: int) -> None:
        layers, two, capacity, heads, head_dim = self._buffer.shape
        if num_tokens <= capacity:
            return
        grown = np.empty((layers, two, max(num_tokens, 2 * capacity), heads, head_dim), dtype=np.float32)
        # Rows past num_tokens may belong to the pass that is under way: copy all of them.
        grown[:, :, :capacity] = self._buffer
        self._buffer = grown

    def _view(self, layer: int, part: int) -> np.ndarray:
        view = self._buffer[layer, part, : self.num_tokens]
        view.flags.writeable = False
        return view
