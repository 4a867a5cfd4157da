"""Files that are whole but of another form than they should be: refused by name, never by a crash."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tiny_gguf import CHECKPOINT, write_gguf

from mini_vllm.model_loader import get_model
from mini_vllm.model_loader.default_loader import load_model
from mini_vllm.model_loader.gguf_loader import load_gguf

CONFIG = json.loads((CHECKPOINT / "config.json").read_text())


def copy_of(name: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(CHECKPOINT.parent / name, tmp_path / "model"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"architectures": 5}, "has another form than expected"),
        ({"architectures": {"a": 1}}, "has another form than expected"),
        ({"architectures": ["GPT2LMHeadModel"]}, "is of the architecture GPT2LMHeadModel; mini_vllm runs Llama"),
        ({"rope_parameters": "x"}, "has another form than expected"),
        ({"rope_scaling": [1]}, "has another form than expected"),
        ({"hidden_size": "32"}, "hidden_size='32' must be a whole number"),
        ({"eos_token_id": [[2]]}, r"eos_token_id=\[2\] is not a token id"),
        ({"rope_scaling": {"rope_type": ["yarn"]}}, "rope_type=.* is not implemented"),
    ],
)
def test_a_config_with_values_of_another_type_is_named(changed, said, tmp_path):
    folder = copy_of("gqa-bf16", tmp_path)
    (folder / "config.json").write_text(json.dumps(CONFIG | changed))
    with pytest.raises(ValueError, match=f"{folder}/(config.json)?.*{said}"):
        load_model(folder)


@pytest.mark.parametrize("missing", sorted(CONFIG))
def test_a_config_without_one_of_its_fields_loads_or_names_the_weight_that_does_not_fit(missing, tmp_path):
    folder = copy_of("gqa-bf16", tmp_path)
    (folder / "config.json").write_text(json.dumps({name: CONFIG[name] for name in CONFIG if name != missing}))
    try:
        load_model(folder)
    except ValueError as error:
        assert missing.startswith(("hidden_size", "intermediate", "num_", "vocab")) and "model.safetensors" in str(
            error
        )


@pytest.mark.parametrize("deep", ["config.json", "generation_config.json", "model.safetensors.index.json"])
def test_json_that_nests_deeper_than_can_be_read_is_named(deep, tmp_path):
    folder = copy_of("tied-f16-in-parts", tmp_path)
    (folder / deep).write_text("[" * 100_000)
    with pytest.raises(ValueError, match=f"{deep} has another form than expected"):
        load_model(folder)


@pytest.mark.parametrize("eos", ['"x"', "288", "[1.5]", "{}"])
def test_a_generation_config_that_names_no_token_is_named(eos, tmp_path):
    folder = copy_of("gqa-bf16", tmp_path)
    (folder / "generation_config.json").write_text(f'{{"eos_token_id": {eos}}}')
    with pytest.raises(ValueError, match="generation_config.json: eos_token_id=.* is not a token id"):
        load_model(folder)


@pytest.mark.parametrize("part", [None, 3, ["a"], {}, "", "..", "nowhere"])
def test_an_index_that_names_no_file_is_named(part, tmp_path):
    folder = copy_of("tied-f16-in-parts", tmp_path)
    index = folder / "model.safetensors.index.json"
    parts = json.loads(index.read_text())["weight_map"]
    index.write_text(json.dumps({"weight_map": parts | {next(iter(parts)): part}}))
    with pytest.raises(ValueError, match="model.safetensors.index.json"):
        load_model(folder)


def test_weights_in_one_file_are_not_looked_for_in_parts(tmp_path):
    folder = copy_of("gqa-bf16", tmp_path)
    (folder / "model.safetensors.index.json").write_text("{}")
    load_model(folder)


@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_part_that_is_cut_anywhere_is_named(part, tmp_path):
    folder = copy_of("tied-f16-in-parts", tmp_path)
    path = folder / f"model-0000{part}-of-00003.safetensors"
    whole = path.read_bytes()
    for size in (len(whole) * i // 25 for i in range(25)):
        path.unlink()  # a new file each time: an old one may still be mapped
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError, match=f"{path.name} cannot be used: it is cut short"):
            load_model(folder)


TOKENIZER_CONFIGS = ['{"eos_token": 5}', '{"eos_token": {"x": 1}}', '{"chat_template": ["a"]}', "[1]", "{"]


@pytest.mark.parametrize("content", TOKENIZER_CONFIGS)
def test_a_tokenizer_config_of_another_form_is_named(content, tmp_path):
    pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
    folder = copy_of("gqa-bf16", tmp_path)
    (folder / "tokenizer_config.json").write_text(content)
    with pytest.raises(ValueError, match="tokenizer_config.json .* download or copy"):
        get_model(folder)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tokenizer.ggml.tokens": 7}, "has a field of another type than expected"),
        ({"tokenizer.ggml.merges": [1, 2]}, "has a field of another type than expected"),
        ({"tokenizer.ggml.pre": ["a"]}, r"its tokenizer \(gpt2, \['a'\]\) is not implemented"),
        ({"llama.rope.scaling.type": 7}, "has a field of another type than expected"),
        ({"llama.block_count": "two"}, "num_hidden_layers='two' must be a whole number"),
        ({"tokenizer.ggml.token_type": [1, 2]}, "it has 288 tokens, and tells the kind of 2"),
        ({"tokenizer.ggml.bos_token_id": None}, "lacks the field 'bos_token'"),
        ({"tokenizer.ggml.eos_token_id": 288}, "eos_token_id=288 is not a token id, 0 to 287"),
    ],
)
def test_a_gguf_with_a_field_of_another_form_is_named(changed, said, tmp_path):
    for library in ("gguf", "tokenizers"):
        pytest.importorskip(library, reason='needs pip install "mini-vllm[models]"')
    with pytest.raises(ValueError, match=rf"model.gguf.*{said}"):
        load_gguf(write_gguf(tmp_path / "model.gguf", changed=changed))


def test_a_gguf_that_tells_a_field_twice_is_named(tmp_path):
    pytest.importorskip("gguf", reason='needs pip install "mini-vllm[models]"')
    path = write_gguf(tmp_path / "model.gguf")
    path.write_bytes(path.read_bytes().replace(b"ggml.bos_token_id", b"ggml.eos_token_id"))
    with pytest.raises(ValueError, match="model.gguf is cut short or no GGUF file"):
        load_gguf(path)


@pytest.mark.parametrize("name", ["rope_freqs", "x.output.weight", "blk.0.attn_q.bias"])
def test_a_tensor_of_a_gguf_that_has_no_place_is_named_as_it_is_called(name, tmp_path):
    for library in ("gguf", "tokenizers"):
        pytest.importorskip(library, reason='needs pip install "mini-vllm[models]"')
    path = write_gguf(tmp_path / "model.gguf", more={name: np.ones(32, np.float32)})
    with pytest.raises(ValueError, match=f"model.gguf: 1 weights have no place .*{name.split('.')[-1]} for example"):
        load_gguf(path)
