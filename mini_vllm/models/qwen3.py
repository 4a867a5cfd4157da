"""Qwen3: a Llama that norms each head of q and k before it rotates them."""

import numpy as np

from mini_vllm.config import ModelConfig
from mini_vllm.layers.layernorm import RMSNorm
from mini_vllm.models.llama import LlamaAttention, LlamaForCausalLM
from mini_vllm.models.weights import WeightReader


class Qwen3Attention(LlamaAttention):
    """As `LlamaAttention`, with a norm over the head_dim of q and one of k, which all heads share."""

    def __init__(self, config: ModelConfig, index: int, weights: WeightReader) -> None:
        super().__init__(config, index, weights)
        q_norm, k_norm = (
            weights.vector(f"model.layers.{index}.self_attn.{part}_norm.weight", config.head_dim) for part in "qk"
        )
        # Q and K lie side by side, (heads, head_dim): one norm with a weight for each head does both.
        heads = (config.num_attention_heads, config.num_key_value_heads)
        self.qk_norm = RMSNorm(np.repeat(np.stack((q_norm, k_norm)), heads, axis=0), config.rms_norm_eps)

    def rotate(self, qk: np.ndarray, cos: np.ndarray, sin: np.ndarray) -> None:
        qk[:] = self.qk_norm(qk)
        super().rotate(qk, cos, sin)


class Qwen3ForCausalLM(LlamaForCausalLM):
    """As `LlamaForCausalLM`."""

    model_types = ("qwen3",)
    attention_cls = Qwen3Attention
