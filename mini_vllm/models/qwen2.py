"""Qwen2 and Qwen2.5: a Llama whose q, k and v have biases; o has none (`ModelConfig.qkv_bias`)."""

from mini_vllm.models.llama import LlamaForCausalLM


class Qwen2ForCausalLM(LlamaForCausalLM):
    """As `LlamaForCausalLM`. The upper layers may have a sliding window (`ModelConfig.layer_windows`)."""

    model_types = ("qwen2",)
