"""Which class runs which model."""

from mini_vllm.config import ModelConfig
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.models.qwen2 import Qwen2ForCausalLM
from mini_vllm.models.qwen3 import Qwen3ForCausalLM
from mini_vllm.models.smollm3 import SmolLM3ForCausalLM

_CLASSES = (LlamaForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM, SmolLM3ForCausalLM)
_BY_TYPE = {model_type: model_class for model_class in _CLASSES for model_type in model_class.model_types}


def model_class(config: ModelConfig) -> type[LlamaForCausalLM]:
    """The class for a config's model_type, called as `LlamaForCausalLM` is."""
    return _BY_TYPE[config.model_type]
