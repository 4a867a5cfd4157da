"""From a table of named arrays, as checkpoints store them, to the arrays that a model multiplies with."""

from collections.abc import Mapping

import numpy as np

from mini_vllm.config import ModelConfig


class WeightReader:
    """Reads arrays by Hugging Face's names, checks their shapes, and turns them to float32.

    Checkpoints store a linear layer as (out, in). It is kept here as a contiguous (in, out): `x @ w`
    then reads memory in order, which is what the speed of decode is made of.

    `prepared` gathers every array as it is multiplied with, under names that say so: `NAME.T` is
    NAME as (in, out). A table that holds `NAME.T` is believed: the array is used where it lies, in
    a memory-mapped file for example, without a copy.

    Errors: KeyError for a name that is missing, ValueError for another shape than expected.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self._weights = weights
        self._read: set[str] = set()
        self.prepared: dict[str, np.ndarray] = {}

    def matrix(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """The array as it is stored."""
        self.prepared[name] = self._stored(name, shape)
        return self.prepared[name]

    def vector(self, name: str, size: int) -> np.ndarray:
        """An array of shape (size,)."""
        return self.matrix(name, (size,))

    def linear(self, name: str, size_in: int, size_out: int) -> np.ndarray:
        """A linear layer's weight as (in, out)."""
        return self.fused_linear(name, size_in, {name: size_out})

    def fused_linear(self, name: str, size_in: int, parts: Mapping[str, int]) -> np.ndarray:
        """Linear layers over the same input, as one (in, sum of outs). parts: name -> out."""
        shape = (size_in, sum(parts.values()))
        if f"{name}.T" in self._weights:
            return self.matrix(f"{name}.T", shape)
        fused, start = np.empty(shape, dtype=np.float32), 0
        for part, size_out in parts.items():
            fused[:, start : start + size_out] = self._stored(part, (size_out, size_in)).T
            start += size_out
        self.prepared[f"{name}.T"] = fused
        return fused

    def tied(self, name: str, to: np.ndarray) -> None:
        """`name` is `to`; some checkpoints store it a second time."""
        if name in self._weights and not np.array_equal(self._stored(name, to.shape), to):
            raise ValueError(f"{name} differs from the array that it is tied to: tie_word_embeddings should be false.")

    def require_all_read(self) -> None:
        """ValueError for arrays that nobody asked for: a model that leaves a bias out is another model."""
        unread = [name for name in self._weights if name not in self._read]
        unread = [name for name in unread if not name.endswith("rotary_emb.inv_freq")]  # follows from the config
        if unread:
            raise ValueError(f"{len(unread)} weights have no place in a model of this config, {unread[0]} for example.")

    def _stored(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        if name not in self._weights:
            raise KeyError(f"the weights hold no {name!r}: is this a checkpoint of a Llama-architecture model?")
        array = np.asarray(self._weights[name])
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, the config says {shape}.")
        self._read.add(name)
        return np.require(array, np.float32, ["C_CONTIGUOUS", "ALIGNED"])


def random_weights(config: ModelConfig, seed: int) -> dict[str, np.ndarray]:
    """Weights drawn from `seed`, scaled so that activations keep their size from layer to layer.

    They are drawn larger than a training run would start with: next-token choices then depend on the
    whole context, and a mistake in the handling of the cache changes the text.
    """
    rng = np.random.default_rng(seed)

    def linear(size_out: int, size_in: int) -> np.ndarray:
        return rng.normal(0.0, 1.5 / np.sqrt(size_in), (size_out, size_in)).astype(np.float32)

    hidden, inner = config.hidden_size, config.intermediate_size
    q_size = config.num_attention_heads * config.head_dim
    kv_size = config.num_key_value_heads * config.head_dim
    weights = {
        "model.embed_tokens.weight": rng.normal(0.0, 1.0, (config.vocab_size, hidden)).astype(np.float32),
        "model.norm.weight": np.ones(hidden, dtype=np.float32),
    }
    for index in range(config.num_hidden_layers):
        layer = f"model.layers.{index}"
        weights |= {
            f"{layer}.input_layernorm.weight": np.ones(hidden, dtype=np.float32),
            f"{layer}.self_attn.q_proj.weight": linear(q_size, hidden),
            f"{layer}.self_attn.k_proj.weight": linear(kv_size, hidden),
            f"{layer}.self_attn.v_proj.weight": linear(kv_size, hidden),
            f"{layer}.self_attn.o_proj.weight": linear(hidden, q_size),
            f"{layer}.post_attention_layernorm.weight": np.ones(hidden, dtype=np.float32),
            f"{layer}.mlp.gate_proj.weight": linear(inner, hidden),
            f"{layer}.mlp.up_proj.weight": linear(inner, hidden),
            f"{layer}.mlp.down_proj.weight": linear(hidden, inner),
        }
    if not config.tie_word_embeddings:
        weights["lm_head.weight"] = linear(config.vocab_size, hidden)
    return weights
