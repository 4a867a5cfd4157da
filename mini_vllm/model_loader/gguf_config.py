"""A model's config from the fields of a GGUF file."""

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from mini_vllm.config import SUPPORTED_ARCHITECTURES, ModelConfig

# What llama.cpp calls an architecture. A Mistral is a "llama" there, and its sliding window is not in the file.
ARCHITECTURES = ("llama", "qwen2", "qwen3", "smollm3")
_NAMES = {  # Hugging Face's name: GGUF's, behind "llama." or the like
    "vocab_size": "vocab_size",
    "hidden_size": "embedding_length",
    "intermediate_size": "feed_forward_length",
    "num_hidden_layers": "block_count",
    "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv",
    "head_dim": "attention.key_length",
    "max_position_embeddings": "context_length",
    "rms_norm_eps": "attention.layer_norm_rms_epsilon",
    "rope_theta": "rope.freq_base",
}
_IMPLEMENTED = {  # what would change the computation, and the values that are implemented
    "expert_count": (0,),
    "attention.causal": (True,),
    "attention.sliding_window": (0,),
    "attention.scale": (0.0,),
    "attention.clamp_kqv": (0.0,),
    "attn_logit_softcapping": (0.0,),
    "final_logit_softcapping": (0.0,),
    "logit_scale": (0.0, 1.0),
    "residual_scale": (0.0, 1.0),
    "embedding_scale": (0.0, 1.0),
    "rope.scaling.yarn_log_multiplier": (0.0,),
    "rope.scaling.yarn_ext_factor": (1.0, -1.0),
    "rope.scaling.yarn_attn_factor": (1.0, -1.0),
}
_END_TOKENS = ("eos", "eot", "eom")  # end of text, of a turn, of a message


def gguf_config(fields: Mapping[str, Any], tensor_names: Collection[str]) -> ModelConfig:
    """The config of the model that the fields describe.

    Errors: KeyError for a field that is missing; ValueError for an architecture or a value that is not implemented.
    """
    architecture = fields["general.architecture"]
    if architecture not in ARCHITECTURES:
        raise ValueError(f"it is of the architecture {architecture!r}; mini_vllm runs {', '.join(ARCHITECTURES)}.")
    own = {name.removeprefix(f"{architecture}."): value for name, value in fields.items()}
    for name, implemented in _IMPLEMENTED.items():
        if name in own and own[name] not in implemented:
            raise ValueError(f"it has {name}={own[name]!r}; mini_vllm implements {implemented[0]!r} only.")
    values = {ours: own[theirs] for ours, theirs in _NAMES.items() if theirs in own}
    if "rms_norm_eps" in values:
        values["rms_norm_eps"] = float(str(np.float32(values["rms_norm_eps"])))  # 1e-05, not 9.999999747378752e-06
    end_ids = [fields.get(f"tokenizer.ggml.{name}_token_id") for name in _END_TOKENS]
    end_ids = list(dict.fromkeys(token_id for token_id in end_ids if token_id is not None))
    config = ModelConfig.from_hf(
        {
            "architectures": None,
            "model_type": architecture,
            "vocab_size": len(fields["tokenizer.ggml.tokens"]),
            "tie_word_embeddings": "output.weight" not in tensor_names,
            "attention_bias": "blk.0.attn_output.bias" in tensor_names,
            "mlp_bias": architecture != "qwen2" and "blk.0.ffn_down.bias" in tensor_names,
            "rope_scaling": _rope_scaling(own),
            "bos_token_id": fields.get("tokenizer.ggml.bos_token_id"),
            "eos_token_id": end_ids[0] if len(end_ids) == 1 else end_ids or None,
            "head_dim": None,
            **values,
        }
    )
    for name in ("rope.dimension_count", "attention.value_length"):
        if own.get(name, config.head_dim) != config.head_dim:
            raise ValueError(f"it has {name}={own[name]}, where its heads have {config.head_dim}: not implemented.")
    return config


def _rope_scaling(own: Mapping[str, Any]) -> dict[str, Any]:
    """Only linear and yarn are fields. Llama 3's scaling is a tensor, rope_freqs.weight, which the model reads."""
    rope_type = own.get("rope.scaling.type", "none").replace("none", "default")
    if rope_type == "default":
        return {"rope_type": "default"}
    scaling = {"rope_type": rope_type, "factor": own.get("rope.scaling.factor")}
    if rope_type == "yarn":
        scaling["original_max_position_embeddings"] = own.get("rope.scaling.original_context_length")
        for side in ("beta_fast", "beta_slow"):
            scaling[side] = own.get(f"rope.scaling.yarn_{side}")
        if "rope.scaling.attn_factor" in own and scaling["factor"]:  # llama.cpp multiplies yarn's own factor by it
            yarn = 0.1 * math.log(scaling["factor"]) + 1
            scaling["attention_factor"] = own["rope.scaling.attn_factor"] * yarn
    return scaling


assert set(ARCHITECTURES) < set(SUPPORTED_ARCHITECTURES.values())
