"""mini_vllm: an LLM inference engine in numpy, small enough to read and named like vLLM."""

from mini_vllm.config import ModelConfig
from mini_vllm.kv_cache import KVCache
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.sampling_params import SamplingParams

__all__ = ["KVCache", "LlamaForCausalLM", "ModelConfig", "SamplingParams"]
