"""Writes a model of model_cases.py as llama.cpp's converter does."""

import math
from pathlib import Path

import numpy as np
from tiny_gguf import LAYER_NAMES, permute

from mini_vllm import ModelConfig
from mini_vllm.models.random_weights import random_weights

NAMES = LAYER_NAMES | {"self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm"}
TOKENIZER = {  # SentencePiece's kind, which needs no library to be read
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": [chr(ord("a") + i) for i in range(23)] + ["<unk>"],
    "tokenizer.ggml.scores": [0.0] * 24,
    "tokenizer.ggml.token_type": [1] * 23 + [2],
    "tokenizer.ggml.add_bos_token": False,
}


def write_case(path: Path, config: ModelConfig, seed: int, fields: dict | None = None) -> Path:
    """The model of `config` with its random weights. fields: further ones, by name; None: without it."""
    import gguf

    arch = "llama" if config.model_type == "mistral" else config.model_type
    own = {
        "embedding_length": config.hidden_size,
        "feed_forward_length": config.intermediate_size,
        "block_count": config.num_hidden_layers,
        "context_length": config.max_position_embeddings,
        "attention.head_count": config.num_attention_heads,
        "attention.head_count_kv": config.num_key_value_heads,
        "attention.key_length": config.head_dim,
        "attention.value_length": config.head_dim,
        "attention.layer_norm_rms_epsilon": config.rms_norm_eps,
        "rope.dimension_count": config.head_dim,
        "rope.freq_base": config.rope_theta,
    }
    more, scaling = {}, config.rope_scaling
    if scaling is not None and scaling.rope_type == "llama3":
        more["rope_freqs.weight"] = llama3_factors(config)
    elif scaling is not None:
        own |= {"rope.scaling.type": scaling.rope_type, "rope.scaling.factor": scaling.factor}
        if scaling.rope_type == "yarn":
            own["rope.scaling.original_context_length"] = scaling.original_max_position_embeddings
    writer = gguf.GGUFWriter(path, arch)
    add = {
        int: writer.add_uint32, float: writer.add_float32, str: writer.add_string, bool: writer.add_bool,
        list: writer.add_array,
    }  # fmt: skip
    for name, value in ({f"{arch}.{name}": value for name, value in own.items()} | TOKENIZER | (fields or {})).items():
        if value is not None:
            add[type(value)](name, value)
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    for name, array in (random_weights(config, seed) | more).items():
        *path_to, kind = name.removeprefix("model.").split(".")
        if path_to[0] == "layers":
            part = path_to[-1]
            if part in heads and arch in ("llama", "smollm3"):
                array = permute(array, heads[part])
            name = f"blk.{path_to[1]}.{NAMES['.'.join(path_to[2:])]}.{kind}"
        else:
            theirs = {"embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output"}
            name = f"{theirs.get(path_to[0], path_to[0])}.{kind}"
        writer.add_tensor(name, np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def llama3_factors(config: ModelConfig) -> np.ndarray:
    """What the converter divides each frequency by, as Llama 3.1's own code has it."""
    scaling, factors = config.rope_scaling, []
    context, low, high = scaling.original_max_position_embeddings, scaling.low_freq_factor, scaling.high_freq_factor
    for i in range(0, config.head_dim, 2):
        wavelength = 2 * math.pi * config.rope_theta ** (i / config.head_dim)
        if wavelength < context / high:
            factors.append(1.0)
        elif wavelength > context / low:
            factors.append(scaling.factor)
        else:
            smooth = (context / wavelength - low) / (high - low)
            factors.append(1 / ((1 - smooth) / scaling.factor + smooth))
    return np.array(factors, dtype=np.float32)
