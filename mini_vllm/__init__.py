"""mini_vllm: an LLM inference engine in numpy, small enough to read and named like vLLM."""

from mini_vllm.config import ModelConfig
from mini_vllm.engine.llm_engine import EngineStats, LLMEngine
from mini_vllm.engine_config import EngineConfig
from mini_vllm.entrypoints.llm import LLM
from mini_vllm.kv_cache import KVCache
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.outputs import CompletionOutput, RequestOutput
from mini_vllm.sampling_params import SamplingParams

__all__ = [
    "LLM",
    "CompletionOutput",
    "EngineConfig",
    "EngineStats",
    "KVCache",
    "LLMEngine",
    "LlamaForCausalLM",
    "ModelConfig",
    "RequestOutput",
    "SamplingParams",
]
