"""Llama: RMSNorm, rotary embedding, grouped-query attention, SwiGLU. All arrays are float32."""

from collections.abc import Callable, Mapping

import numpy as np

from mini_vllm.config import ModelConfig
from mini_vllm.layers import blas
from mini_vllm.layers.activation import silu_and_mul
from mini_vllm.layers.embedding import embedding
from mini_vllm.layers.layernorm import rms_norm
from mini_vllm.layers.linear import linear
from mini_vllm.layers.rotary_embedding import RotaryEmbedding, apply_rotary_emb
from mini_vllm.models.weights import WeightReader, random_weights

# (layer, q, k, v) -> what the tokens attend to, (num_tokens, num_attention_heads * head_dim); k and v are kept.
# q: (num_tokens, num_attention_heads, head_dim); k, v: (num_tokens, num_key_value_heads, head_dim).
Attention = Callable[[int, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class LlamaDecoderLayer:
    """One layer: attention, then the MLP, each behind a norm and around a residual."""

    def __init__(self, config: ModelConfig, index: int, weights: WeightReader) -> None:
        self.config, self.index = config, index
        hidden, inner = config.hidden_size, config.intermediate_size
        q_size = config.num_attention_heads * config.head_dim
        kv_size = config.num_key_value_heads * config.head_dim
        layer = f"model.layers.{index}"
        self.input_layernorm = weights.vector(f"{layer}.input_layernorm.weight", hidden)
        self.post_attention_layernorm = weights.vector(f"{layer}.post_attention_layernorm.weight", hidden)
        # One wide matmul is faster than two or three narrow ones, so q, k, v and gate, up are fused.
        self.qkv_proj = weights.fused_linear(
            f"{layer}.self_attn.qkv_proj.weight",
            hidden,
            {
                f"{layer}.self_attn.q_proj.weight": q_size,
                f"{layer}.self_attn.k_proj.weight": kv_size,
                f"{layer}.self_attn.v_proj.weight": kv_size,
            },
        )
        self.o_proj = weights.linear(f"{layer}.self_attn.o_proj.weight", q_size, hidden)
        self.gate_up_proj = weights.fused_linear(
            f"{layer}.mlp.gate_up_proj.weight",
            hidden,
            {f"{layer}.mlp.gate_proj.weight": inner, f"{layer}.mlp.up_proj.weight": inner},
        )
        self.down_proj = weights.linear(f"{layer}.mlp.down_proj.weight", inner, hidden)

    def forward(self, hidden: np.ndarray, cos_sin: tuple[np.ndarray, np.ndarray], attention: Attention) -> np.ndarray:
        """hidden: (num_tokens, hidden_size), overwritten with the result."""
        eps = self.config.rms_norm_eps
        hidden += self._attend(rms_norm(hidden, self.input_layernorm, eps), cos_sin, attention)
        normed = rms_norm(hidden, self.post_attention_layernorm, eps)
        hidden += linear(silu_and_mul(linear(normed, self.gate_up_proj)), self.down_proj)
        return hidden

    def _attend(self, x: np.ndarray, cos_sin: tuple[np.ndarray, np.ndarray], attention: Attention) -> np.ndarray:
        heads, kv_heads = self.config.num_attention_heads, self.config.num_key_value_heads
        qkv = linear(x, self.qkv_proj).reshape(len(x), heads + 2 * kv_heads, self.config.head_dim)
        qk = apply_rotary_emb(qkv[:, : heads + kv_heads], *cos_sin)
        q, k, v = qk[:, :heads], qk[:, heads:], qkv[:, heads + kv_heads :]
        return linear(attention(self.index, q, k, v), self.o_proj)


class LlamaForCausalLM:
    """A Llama model that turns token ids into the logits of the token that follows each of them.

    config:  the model's shape.
    weights: float arrays under Hugging Face's names (`model.layers.0.self_attn.q_proj.weight`, shape
             (out, in)). Left out, random ones are drawn from `seed`: real arithmetic, meaningless text.

    `weights` holds the arrays that the model multiplies with, by name, fused and laid out for this machine;
    given to the constructor again, they are used without a copy.

    Errors: KeyError for a weight that is missing, ValueError for one of another shape or one left over.
    """

    def __init__(self, config: ModelConfig, weights: Mapping[str, np.ndarray] | None = None, *, seed: int = 0) -> None:
        self.config = config
        reader = WeightReader(random_weights(config, seed) if weights is None else weights)
        vocab, hidden = config.vocab_size, config.hidden_size
        if config.tie_word_embeddings:
            self.embed_tokens, self.lm_head = reader.tied_embedding("model.embed_tokens.weight", vocab, hidden)
            reader.require_equal("lm_head.weight", self.embed_tokens)
        else:
            self.embed_tokens = reader.matrix("model.embed_tokens.weight", (vocab, hidden))
            self.lm_head = reader.linear("lm_head.weight", hidden, vocab)
        self.layers = [LlamaDecoderLayer(config, i, reader) for i in range(config.num_hidden_layers)]
        self.norm = reader.vector("model.norm.weight", hidden)
        self.rotary_emb = RotaryEmbedding(config.head_dim, config.max_position_embeddings, config.rope_theta)
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
        with blas.OneThread():
            for layer in self.layers:
                hidden = layer.forward(hidden, cos_sin, attention)
        return hidden

    def compute_logits(self, hidden: np.ndarray) -> np.ndarray:
        """The logits of the token that follows. hidden: (num_tokens, hidden_size) -> (num_tokens, vocab_size)."""
        with blas.OneThread():
            return linear(rms_norm(hidden, self.norm, self.config.rms_norm_eps), self.lm_head)
