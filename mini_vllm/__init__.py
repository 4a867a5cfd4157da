"""mini_vllm: an LLM inference engine in numpy, small enough to read and named like vLLM."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mini_vllm.config import ModelConfig as ModelConfig
    from mini_vllm.engine.llm_engine import LLMEngine as LLMEngine
    from mini_vllm.engine_config import EngineConfig as EngineConfig
    from mini_vllm.entrypoints.llm import LLM as LLM
    from mini_vllm.metrics.stats import SchedulerStats as SchedulerStats
    from mini_vllm.models.llama import LlamaForCausalLM as LlamaForCausalLM
    from mini_vllm.models.one_sequence import KVCache as KVCache
    from mini_vllm.models.one_sequence import OneSequence as OneSequence
    from mini_vllm.outputs import CompletionOutput as CompletionOutput
    from mini_vllm.outputs import RequestOutput as RequestOutput
    from mini_vllm.sampling_params import SamplingParams as SamplingParams

# Loaded when asked for, as in vLLM: who needs a ModelConfig does not wait for the engine.
_MODULES = {
    "LLM": "entrypoints.llm",
    "CompletionOutput": "outputs",
    "EngineConfig": "engine_config",
    "KVCache": "models.one_sequence",
    "LLMEngine": "engine.llm_engine",
    "LlamaForCausalLM": "models.llama",
    "ModelConfig": "config",
    "OneSequence": "models.one_sequence",
    "RequestOutput": "outputs",
    "SamplingParams": "sampling_params",
    "SchedulerStats": "metrics.stats",
}

__all__ = [*_MODULES]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
