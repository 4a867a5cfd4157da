"""GGUF files of Llama-architecture models, as llama.cpp makes them; dequantised to float32."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mini_vllm.config import ModelConfig
from mini_vllm.model_loader.default_loader import LazyWeights, build
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.optional import import_optional
from mini_vllm.tokenizer import FastTokenizer

_CONFIG = {  # Hugging Face's name: GGUF's, behind "llama."
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
_WEIGHTS = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_CONTROL, _USER_DEFINED = 3, 4  # kinds of tokens; the vocabulary's others are found by merging


def load_gguf(path: Path) -> tuple[LlamaForCausalLM, FastTokenizer]:
    """The model and the tokenizer of a GGUF file.

    Errors: ValueError, naming the file, for one that is cut short or of a model that is not implemented.
    """
    try:
        reader = import_optional("gguf").GGUFReader(path)
        fields = {name: field.contents() for name, field in reader.fields.items()}
    except (ValueError, IndexError, KeyError, OverflowError) as error:  # as its memory map runs out
        raise ValueError(f"{path} is cut short or no GGUF file ({error}): download or copy it again.") from None
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    try:
        config = _config(fields, tied="output.weight" not in tensors)
        tokenizer = _tokenizer(fields)
    except KeyError as error:
        raise ValueError(f"{path} says nothing of {error}: it is no GGUF of a whole language model.") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    except (AttributeError, TypeError) as error:
        raise ValueError(f"{path} has a field of another type than expected ({error}): download it again.") from error
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    readers = {
        _hf_name(name): partial(_float32, tensor, heads.get(name.removesuffix(".weight").split(".")[-1]))
        for name, tensor in tensors.items()
    }
    return build(config, LazyWeights(readers), path), tokenizer


def _float32(tensor: Any, heads: int | None) -> np.ndarray:
    array: np.ndarray = import_optional("gguf").quants.dequantize(tensor.data, tensor.tensor_type)
    if heads is None:
        return array
    # llama.cpp turns the pairs (x[2i], x[2i+1]) of q and k, Hugging Face (x[i], x[i + head_dim/2]): the
    # rows of each head lie in the file as the first wants them.
    turned: np.ndarray = array.reshape(heads, -1, 2, array.shape[-1]).swapaxes(1, 2).reshape(array.shape)
    return turned


def _hf_name(name: str) -> str:
    """blk.0.attn_q.weight -> model.layers.0.self_attn.q_proj.weight; a name of no Llama stays as it is."""
    if name.count(".") not in (1, 3):
        return name
    *layer, part, kind = name.split(".")
    prefix = f"model.layers.{layer[1]}." if layer else ""
    return f"{prefix}{_WEIGHTS[part]}.{kind}" if part in _WEIGHTS else name


def _config(fields: Mapping[str, Any], tied: bool) -> ModelConfig:
    architecture = fields["general.architecture"]
    values = {ours: fields[f"llama.{theirs}"] for ours, theirs in _CONFIG.items() if f"llama.{theirs}" in fields}
    if "rms_norm_eps" in values:
        values["rms_norm_eps"] = float(str(np.float32(values["rms_norm_eps"])))  # 1e-05, not 9.999999747378752e-06
    return ModelConfig.from_hf(
        {
            "architectures": ["LlamaForCausalLM" if architecture == "llama" else f"{architecture!r} (GGUF)"],
            "vocab_size": len(fields["tokenizer.ggml.tokens"]),
            "tie_word_embeddings": tied,
            "rope_scaling": {"rope_type": fields.get("llama.rope.scaling.type", "none").replace("none", "default")},
            "bos_token_id": fields.get("tokenizer.ggml.bos_token_id"),
            "eos_token_id": fields.get("tokenizer.ggml.eos_token_id"),
            **values,
        }
    )


def _tokenizer(fields: Mapping[str, Any]) -> FastTokenizer:
    """The byte-level BPE of the file, with the split into words that it names."""
    tokenizers = import_optional("tokenizers")
    split = tokenizers.pre_tokenizers
    words = {"gpt-2": [], "smollm": [split.Digits(individual_digits=True)]}
    kind, pre = fields.get("tokenizer.ggml.model"), fields.get("tokenizer.ggml.pre")
    if kind != "gpt2" or pre not in words:
        raise ValueError(
            f"its tokenizer ({kind}, {pre}) is not implemented; byte-level BPE (gpt2) with {' or '.join(words)} is. "
            "Take the model's folder in Hugging Face's format instead."
        )
    tokens, merges = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.merges"]
    kinds = fields["tokenizer.ggml.token_type"]
    if len(kinds) != len(tokens):
        raise ValueError(f"it has {len(tokens)} tokens, and tells the kind of {len(kinds)}: download it again.")
    vocab = {token: token_id for token_id, token in enumerate(tokens)}
    backend = tokenizers.Tokenizer(tokenizers.models.BPE(vocab, [tuple(merge.split(" ")) for merge in merges]))
    backend.pre_tokenizer = split.Sequence([*words[pre], split.ByteLevel(add_prefix_space=False)])
    backend.decoder = tokenizers.decoders.ByteLevel()
    for token, kind in zip(tokens, kinds):
        if kind in (_CONTROL, _USER_DEFINED):
            backend.add_tokens([tokenizers.AddedToken(token, special=kind == _CONTROL, normalized=False)])
    special_ids = {name: fields.get(f"tokenizer.ggml.{name}_id") for name in ("bos_token", "eos_token")}
    special = {name: tokens[token_id] for name, token_id in special_ids.items() if token_id is not None}
    if fields.get("tokenizer.ggml.add_bos_token"):
        bos = special["bos_token"]
        backend.post_processor = tokenizers.processors.TemplateProcessing(
            single=f"{bos} $A", special_tokens=[(bos, vocab[bos])]
        )
    return FastTokenizer(backend, chat_template=fields.get("tokenizer.chat_template"), special_tokens=special)
