"""Llama: RMSNorm, rotary embedding, grouped-query attention, SwiGLU. All arrays are float32.

Mistral is the same; the `Attention` callable applies its sliding window, and the causal mask.
"""

from collections.abc import Callable, Mapping

import numpy as np

from mini_vllm.config import ModelConfig
from mini_vllm.layers.activation import silu_and_mul
from mini_vllm.layers.embedding import embedding
from mini_vllm.layers.layernorm import RMSNorm
from mini_vllm.layers.linear import linear
from mini_vllm.layers.parallel import OwnThreads, by_rows
from mini_vllm.layers.rotary_embedding import RotaryEmbedding, apply_rotary_emb
from mini_vllm.models.random_weights import random_weights
from mini_vllm.models.weights import WeightReader

# (layer, q, k, v) -> what the tokens attend to, (num_tokens, num_attention_heads * head_dim); k and v are kept.
# q: (num_tokens, num_attention_heads, head_dim); k, v: (num_tokens, num_key_value_heads, head_dim).
Attention = Callable[[int, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class LlamaAttention:
    """Q, K and V of all tokens, rotated; then attention; then a projection of what they attend to."""

    def __init__(self, config: ModelConfig, index: int, weights: WeightReader) -> None:
        self.config, self.index = config, index
        hidden, name = config.hidden_size, f"model.layers.{index}.self_attn"
        q_size = config.num_attention_heads * config.head_dim
        kv_size = config.num_key_value_heads * config.head_dim
        # One wide matmul is faster than two or three narrow ones, so q, k, v and gate, up are fused.
        self.qkv_proj, self.qkv_bias = weights.fused_linear(
            f"{name}.qkv_proj",
            hidden,
            {f"{name}.q_proj": q_size, f"{name}.k_proj": kv_size, f"{name}.v_proj": kv_size},
            has_bias=config.qkv_bias,
        )
        self.o_proj, self.o_bias = weights.linear(f"{name}.o_proj", q_size, hidden, has_bias=config.attention_bias)

    def qkv(self, x: np.ndarray, cos: np.ndarray, sin: np.ndarray) -> np.ndarray:
        """x: (num_tokens, hidden_size), normed. Returns (num_tokens, heads of q, then of k, then of v, head_dim)."""
        heads, kv_heads = self.config.num_attention_heads, self.config.num_key_value_heads
        qkv = linear(x, self.qkv_proj, self.qkv_bias).reshape(len(x), heads + 2 * kv_heads, self.config.head_dim)
        self.rotate(qkv[:, : heads + kv_heads], cos, sin)
        return qkv

    def attend(self, qkv: np.ndarray, attention: Attention) -> np.ndarray:
        """What the tokens attend to: (num_tokens, num_attention_heads * head_dim)."""
        heads, kv_heads = self.config.num_attention_heads, self.config.num_key_value_heads
        return attention(self.index, qkv[:, :heads], qkv[:, heads : heads + kv_heads], qkv[:, heads + kv_heads :])

    def output(self, attended: np.ndarray) -> np.ndarray:
        """The projection of what the tokens attend to: (num_tokens, hidden_size)."""
        return linear(attended, self.o_proj, self.o_bias)

    def rotate(self, qk: np.ndarray, cos: np.ndarray, sin: np.ndarray) -> None:
        """Give Q and K their positions. qk: (num_tokens, num_attention_heads + num_key_value_heads, head_dim)."""
        apply_rotary_emb(qk, cos, sin)


class LlamaMLP:
    """SwiGLU: down(silu(gate(x)) * up(x))."""

    def __init__(self, config: ModelConfig, index: int, weights: WeightReader) -> None:
        hidden, inner, name = config.hidden_size, config.intermediate_size, f"model.layers.{index}.mlp"
        parts = {f"{name}.gate_proj": inner, f"{name}.up_proj": inner}
        has_bias = config.mlp_bias
        self.gate_up_proj, self.gate_up_bias = weights.fused_linear(f"{name}.gate_up_proj", hidden, parts, has_bias)
        self.down_proj, self.down_bias = weights.linear(f"{name}.down_proj", inner, hidden, has_bias)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x: (num_tokens, hidden_size), normed. Returns an array of the same shape."""
        gated = silu_and_mul(linear(x, self.gate_up_proj, self.gate_up_bias))
        return linear(gated, self.down_proj, self.down_bias)


class LlamaDecoderLayer:
    """One layer: attention, then the MLP, each behind a norm and around a residual."""

    def __init__(
        self, config: ModelConfig, index: int, weights: WeightReader, attention_cls: type[LlamaAttention]
    ) -> None:
        name = f"model.layers.{index}"
        self.input_layernorm, self.post_attention_layernorm = (
            RMSNorm(weights.vector(f"{name}.{norm}.weight", config.hidden_size), config.rms_norm_eps)
            for norm in ("input_layernorm", "post_attention_layernorm")
        )
        self.self_attn = attention_cls(config, index, weights)
        self.mlp = LlamaMLP(config, index, weights)

    def forward(self, hidden: np.ndarray, cos_sin: tuple[np.ndarray, np.ndarray], attention: Attention) -> np.ndarray:
        """hidden: (num_tokens, hidden_size). Returns an array of the same shape; the given one may be overwritten."""
        qkv = by_rows(self._before_attention, hidden, *cos_sin)
        return by_rows(self._after_attention, hidden, self.self_attn.attend(qkv, attention))

    def _before_attention(self, hidden: np.ndarray, cos: np.ndarray, sin: np.ndarray) -> np.ndarray:
        return self.self_attn.qkv(self.input_layernorm(hidden), cos, sin)

    def _after_attention(self, hidden: np.ndarray, attended: np.ndarray) -> np.ndarray:
        hidden += self.self_attn.output(attended)
        hidden += self.mlp.forward(self.post_attention_layernorm(hidden))
        return hidden


class LlamaForCausalLM:
    """A Llama model that turns token ids into the logits of the token that follows each of them.

    Other architectures are subclasses with another `attention_cls`; models/registry.py lists them.

    config:  the model's shape.
    weights: float arrays under Hugging Face's names (`model.layers.0.self_attn.q_proj.weight`, shape
             (out, in)). Left out, random ones are drawn from `seed`: real arithmetic, meaningless text.

    `weights` holds the arrays that the model multiplies with, by name, fused and laid out for this machine;
    given to the constructor again, they are used without a copy.

    Errors: KeyError for a weight that is missing, ValueError for one of another shape or one left over, and for a
    config of another model_type.
    """

    model_types: tuple[str, ...] = ("llama", "mistral")
    attention_cls: type[LlamaAttention] = LlamaAttention

    def __init__(self, config: ModelConfig, weights: Mapping[str, np.ndarray] | None = None, *, seed: int = 0) -> None:
        if config.model_type not in self.model_types:
            raise ValueError(f"{type(self).__name__} runs {self.model_types}, not model_type={config.model_type!r}.")
        self.config = config
        reader = WeightReader(random_weights(config, seed) if weights is None else weights)
        vocab, hidden = config.vocab_size, config.hidden_size
        if config.tie_word_embeddings:
            self.embed_tokens, self.lm_head = reader.tied_embedding("model.embed_tokens", vocab, hidden)
            reader.require_equal("lm_head.weight", self.embed_tokens)
        else:
            self.embed_tokens = reader.matrix("model.embed_tokens.weight", (vocab, hidden))
            self.lm_head, _ = reader.linear("lm_head", hidden, vocab)
        layers = range(config.num_hidden_layers)
        self.layers = [LlamaDecoderLayer(config, index, reader, self.attention_cls) for index in layers]
        self.norm = RMSNorm(reader.vector("model.norm.weight", hidden), config.rms_norm_eps)
        self.rotary_emb = RotaryEmbedding(config, reader.optional_vector("rope_freqs.weight", config.head_dim // 2))
        reader.require_all_read()
        self.weights = reader.prepared

    def forward(self, token_ids: np.ndarray, positions: np.ndarray, attention: Attention) -> np.ndarray:
        """Final hidden states, before the LM head: (num_tokens, hidden_size).

        token_ids, positions: (num_tokens,), of one sequence or of many. Only `attention` knows which token
        belongs to which, and where the K and V of earlier ones are: each layer calls it once, with the q, k
        and v of all tokens, and it returns what they attend to.
        """
        hidden = embedding(token_ids, self.embed_tokens)
        cos_sin = self.rotary_emb.cos_sin(positions)
        with OwnThreads(len(token_ids)):
            for layer in self.layers:
                hidden = layer.forward(hidden, cos_sin, attention)
        return hidden

    def compute_logits(self, hidden: np.ndarray) -> np.ndarray:
        """The logits of the token that follows. hidden: (num_tokens, hidden_size) -> (num_tokens, vocab_size)."""
        with OwnThreads(len(hidden)):
            return linear(self.norm(hidden), self.lm_head)
