"""Reading a Hugging Face config.json: what transformers would compute with it, or a refusal that names the field."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from mini_vllm.config import SUPPORTED_ARCHITECTURES, ModelConfig, read_json
from mini_vllm.rope_scaling import ROPE_TYPES, RopeScaling

# What a file need not repeat: where the defaults of a type's config class are not those of ModelConfig.
_QWEN = {"vocab_size": 151_936, "intermediate_size": 22_016, "num_key_value_heads": 32}
_QWEN |= {"max_position_embeddings": 32_768, "sliding_window": 4_096, "max_window_layers": 28}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "llama": {"bos_token_id": 1, "eos_token_id": 2},
    "mistral": {
        "intermediate_size": 14_336,
        "num_key_value_heads": 8,
        "max_position_embeddings": 131_072,
        "sliding_window": 4_096,
        "bos_token_id": 1,
        "eos_token_id": 2,
    },
    "qwen2": _QWEN,
    "qwen3": _QWEN | {"head_dim": 128},
    "smollm3": {
        "vocab_size": 128_256,
        "hidden_size": 2_048,
        "num_hidden_layers": 36,
        "num_attention_heads": 16,
        "num_key_value_heads": 4,
        "max_position_embeddings": 32_768,
        "rope_theta": 2_000_000.0,
        "tie_word_embeddings": True,
        "no_rope_layer_interval": 4,
        "bos_token_id": 128_000,
        "eos_token_id": 128_001,
    },
}
# Fields that change the computation, and the only value that is implemented. From the second line on they belong to
# other architectures; a config derived from one of those may still have them.
_IMPLEMENTED = {
    **{"hidden_act": "silu", "rope_interleaved": False, "partial_rotary_factor": 1.0, "quantization_config": None},
    **{"attention_multiplier": None, "embedding_multiplier": 1.0, "residual_multiplier": 1.0, "logits_scaling": 1.0},
    **{"logit_scale": 1.0, "attn_logit_softcapping": None, "final_logit_softcapping": None, "clip_qkv": None},
    **{"use_qk_norm": False, "num_local_experts": None, "is_causal": True},
}
# Fields that only some model types compute with. For the others, the value must be false, null or neutral.
_OF_TYPE = {
    "attention_bias": ("llama", "qwen2", "qwen3", "smollm3"),
    "mlp_bias": ("llama", "smollm3"),
    "sliding_window": ("mistral", "qwen2", "qwen3", "smollm3"),
    "layer_types": ("qwen2", "qwen3", "smollm3"),
    "no_rope_layers": ("smollm3",),
}


def model_config(source: str | Path | Mapping[str, Any]) -> ModelConfig:
    """The config in a file, in a folder's config.json, or in what such a file holds.

    Errors: ValueError, as `ModelConfig.from_hf` says.
    """
    if isinstance(source, Mapping):
        where, raw = "the config", source
    else:
        path = Path(source) / "config.json" if Path(source).is_dir() else Path(source)
        where, raw = str(path), read_json(path)
    model_type = _model_type(raw, where)
    rope = {**(raw.get("rope_scaling") or raw.get("rope_parameters") or {})}
    for field, implemented in _IMPLEMENTED.items():
        value = rope.pop(field, raw.get(field))
        if value is not None and value != implemented:
            raise ValueError(f"{where} has {field}={value!r}; mini_vllm implements {implemented!r} only.")
    switches = [field.name for field in fields(ModelConfig) if field.type is bool and field.name in raw]
    values = _DEFAULTS[model_type] | dict(raw) | {name: raw[name] or False for name in switches}  # null is false
    for field, types in _OF_TYPE.items():
        if model_type not in types:
            value = values.pop(field, None)
            if value and not (field == "layer_types" and set(value) == {"full_attention"}):
                raise ValueError(f"{where} has {field}={value!r}, which a {model_type} model does not compute with.")
    if model_type == "qwen2":  # transformers ignores the field: q, k and v always have biases, o never
        values["attention_bias"] = False
    values["model_type"] = model_type
    values["rope_theta"] = rope.pop("rope_theta", None) or values.get("rope_theta", 10_000.0)
    values["rope_scaling"] = _rope_scaling(rope, values, where)
    values |= _sliding_window(values, where) | _no_rope_layers(values)
    return ModelConfig(**{field.name: values[field.name] for field in fields(ModelConfig) if field.name in values})


def _model_type(raw: Mapping[str, Any], where: str) -> str:
    name = (raw.get("architectures") or [f"model_type {raw.get('model_type')!r}"])[0]
    by_type = {f"model_type {model_type!r}": model_type for model_type in SUPPORTED_ARCHITECTURES.values()}
    model_type = (SUPPORTED_ARCHITECTURES | by_type).get(name)
    if model_type is None:
        known = ", ".join(SUPPORTED_ARCHITECTURES)
        raise ValueError(f"{where} is of the architecture {name}; mini_vllm runs {known}.")
    return model_type


def _rope_scaling(rope: dict[str, Any], values: Mapping[str, Any], where: str) -> RopeScaling | None:
    """transformers 4 has rope_scaling beside rope_theta; transformers 5 keeps both in rope_parameters."""
    old_name = rope.pop("type", None)
    rope_type = rope.pop("rope_type", None) or old_name or "default"
    rope.pop("finetuned", None)  # says how the weights were made, and changes nothing
    rope = {name: value for name, value in rope.items() if value is not None}
    if rope_type in ("llama3", "yarn"):
        longest = values.get("max_position_embeddings", ModelConfig.max_position_embeddings)
        inner = rope.get("original_max_position_embeddings", longest)
        rope["original_max_position_embeddings"] = values.get("original_max_position_embeddings") or inner
        if rope_type == "yarn":
            rope.setdefault("factor", longest / rope["original_max_position_embeddings"])
    elif rope_type in ("linear", "dynamic"):
        rope.pop("original_max_position_embeddings", None)  # transformers does not look at it here either
    known = {field.name for field in fields(RopeScaling)} if rope_type != "default" else set()
    if rope_type in ("default", *ROPE_TYPES) and rope.keys() - known:
        raise ValueError(f"{where} has the RoPE parameter {min(rope.keys() - known)!r}, which {rope_type!r} lacks.")
    if rope_type == "default":
        return None
    return RopeScaling(rope_type=rope_type, **{"factor": None} | {name: rope[name] for name in rope.keys() & known})


def _sliding_window(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The window and the layers that have it: the upper ones in Qwen, those without RoPE in SmolLM3."""
    window, given = values.get("sliding_window"), values.get("layer_types")
    if values["model_type"] in ("llama", "mistral"):
        return {"sliding_window": window, "layer_types": None}
    if not values.get("use_sliding_window") or window is None:
        # In transformers, such a config fails, or its window depends on the kernel that computes attention.
        if given and set(given) != {"full_attention"}:
            both = f"use_sliding_window={values.get('use_sliding_window')!r} and sliding_window={window!r}"
            raise ValueError(f"{where} has layer_types={given!r}, which contradicts {both}.")
        return {"sliding_window": None, "layer_types": None}
    has_window = [False] * values.get("num_hidden_layers", ModelConfig.num_hidden_layers)
    if values["model_type"] == "smollm3":
        rotates = _no_rope_layers(values)["no_rope_layers"]
        has_window = [not rotates[layer] for layer in range(len(has_window))]
    else:
        has_window = [layer >= values["max_window_layers"] for layer in range(len(has_window))]
    types = ["sliding_attention" if has else "full_attention" for has in has_window]
    return {"sliding_window": window, "layer_types": given or types}


def _no_rope_layers(values: Mapping[str, Any]) -> dict[str, Any]:
    if values["model_type"] != "smollm3":
        return {}
    layers = values.get("num_hidden_layers", ModelConfig.num_hidden_layers)
    every = values["no_rope_layer_interval"]
    given = values.get("no_rope_layers") or [int((layer + 1) % every != 0) for layer in range(layers)]
    return {"no_rope_layers": given[:layers]}  # a file may list more layers than there are
