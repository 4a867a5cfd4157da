"""SmolLM3: a Llama of which every fourth layer does not rotate q and k (NoPE, Yang et al., 2025)."""

import numpy as np

from mini_vllm.models.llama import LlamaAttention, LlamaForCausalLM


class SmolLM3Attention(LlamaAttention):
    """As `LlamaAttention`, without positions in the layers that `no_rope_layers` marks by 0."""

    def rotate(self, qk: np.ndarray, cos: np.ndarray, sin: np.ndarray) -> None:
        if self.config.no_rope_layers is None or self.config.no_rope_layers[self.index]:
            super().rotate(qk, cos, sin)


class SmolLM3ForCausalLM(LlamaForCausalLM):
    """As `LlamaForCausalLM`."""

    model_types = ("smollm3",)
    attention_cls = SmolLM3Attention
