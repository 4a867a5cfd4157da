"""Weights for a model without a checkpoint."""

import numpy as np

from mini_vllm.config import ModelConfig


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
        biases = {"q": q_size, "k": kv_size, "v": kv_size} if config.qkv_bias else {}
        vectors = {f"self_attn.{part}_proj.bias": size for part, size in biases.items()}
        vectors |= {"self_attn.o_proj.bias": hidden} if config.attention_bias else {}
        vectors |= {f"mlp.{part}_proj.bias": inner for part in ("gate", "up") if config.mlp_bias}
        vectors |= {"mlp.down_proj.bias": hidden} if config.mlp_bias else {}
        vectors |= {f"self_attn.{part}_norm.weight": config.head_dim for part in "qk" if config.model_type == "qwen3"}
        for name, size in vectors.items():
            mean = 1.0 if name.endswith("norm.weight") else 0.0
            weights[f"{layer}.{name}"] = rng.normal(mean, 0.5, size).astype(np.float32)
    if not config.tie_word_embeddings:
        weights["lm_head.weight"] = linear(config.vocab_size, hidden)
    return weights
