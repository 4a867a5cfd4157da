"""Folders in Hugging Face's format: what transformers saved, mini_vllm computes the same with."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mini_vllm import LlamaForCausalLM, OneSequence
from mini_vllm.model_loader import get_model
from mini_vllm.model_loader.default_loader import load_model
from mini_vllm.model_loader.safetensors import SafetensorsFile, save_file

CHECKPOINTS = Path(__file__).parent / "golden" / "checkpoints"
NAMES = sorted(path.name for path in CHECKPOINTS.iterdir())


def golden(name: str) -> list[dict]:
    return json.loads((CHECKPOINTS / name / "golden.json").read_text())["texts"]


@pytest.fixture
def folder(tmp_path):
    """A copy to break, without a tokenizer."""
    return Path(shutil.copytree(CHECKPOINTS / "mha-f32-transformers-4", tmp_path / "model"))


def rewrite(folder: Path, **changed: np.ndarray | None) -> None:
    """Change tensors, named with _ for the dots; None leaves one out."""
    file = SafetensorsFile(folder / "model.safetensors")
    tensors = {name: np.array(file.read(name)) for name in file.names}
    tensors |= {name.replace("__", "."): array for name, array in changed.items()}
    save_file({name: array for name, array in tensors.items() if array is not None}, folder / "model.safetensors")


@pytest.mark.parametrize("name", NAMES)
def test_greedy_tokens_with_and_without_a_cache_equal_those_of_transformers(name):
    model = OneSequence(load_model(CHECKPOINTS / name))
    for text in golden(name):
        prompt, tokens = text["prompt"], text["tokens"]
        # One pass over the whole text gives each next token, if the tokens before it are right.
        assert model.forward(prompt + tokens)[len(prompt) - 1 : -1].argmax(axis=-1).tolist() == tokens
        cache, generated = model.new_cache(), []
        logits = model.forward(prompt, cache)
        while len(generated) < len(tokens):
            generated.append(int(logits[-1].argmax()))
            logits = model.forward(generated[-1:], cache)
        assert generated == tokens


@pytest.mark.parametrize("name", NAMES)
def test_logits_equal_those_of_transformers(name):
    model = OneSequence(load_model(CHECKPOINTS / name))
    for text in golden(name):
        last = model.forward(text["prompt"] + text["tokens"])[-1]
        np.testing.assert_allclose(last, text["last_logits"], atol=1e-3)


def test_the_golden_data_holds_at_least_200_tokens():
    assert sum(len(text["tokens"]) for name in NAMES for text in golden(name)) >= 200


@pytest.mark.parametrize("name", NAMES)
def test_every_weight_is_float32_and_contiguous(name):
    model = load_model(CHECKPOINTS / name)
    assert {array.dtype for array in model.weights.values()} == {np.dtype(np.float32)}
    assert all(array.flags.c_contiguous and array.flags.aligned for array in model.weights.values())


def test_generation_config_counts_where_it_names_the_tokens_that_end_a_text(folder):
    assert load_model(folder).config.eos_token_ids == (2,)
    (folder / "generation_config.json").write_text('{"eos_token_id": [7, 2]}')
    assert load_model(folder).config.eos_token_ids == (7, 2)
    (folder / "generation_config.json").write_text("{}")
    assert load_model(folder).config.eos_token_ids == (2,)


def test_a_tokenizer_ends_texts_where_the_config_of_its_folder_says():
    pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
    assert get_model(CHECKPOINTS / "gqa-bf16")[1].eos_token_ids == (2, 0)


def test_weights_that_are_prepared_already_are_used_where_they_lie():
    model = load_model(CHECKPOINTS / "gqa-bf16")
    again = LlamaForCausalLM(model.config, model.weights)
    assert model.weights.keys() == again.weights.keys()
    assert all(again.weights[name] is array for name, array in model.weights.items())
    assert np.array_equal(*(OneSequence(each).forward([1, 2, 3]) for each in (again, model)))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"model__norm__weight": None}, "hold no 'model.norm.weight'"),
        ({"lm_head__weight": None}, "hold no 'lm_head.weight'"),
        (
            {"model__norm__weight": np.ones(31, np.float32)},
            r"model.norm.weight has shape \(31,\), the config says \(32,\)",
        ),
        ({"model__layers__0__self_attn__q_proj__bias": np.ones(32, np.float32)}, "1 weights .*q_proj.bias"),
        ({"model__layers__1__mlp__up_proj__weight": np.ones((44, 32), np.float32)}, "layers.1.mlp.up_proj.weight"),
    ],
)
def test_a_tensor_that_is_missing_or_misshapen_or_left_over_is_named_with_its_file(folder, changed, said):
    rewrite(folder, **changed)
    with pytest.raises(ValueError, match=f"model.safetensors: .*{said}.* of the same model"):
        load_model(folder)


def test_inverse_frequencies_that_old_checkpoints_store_are_passed_over(folder):
    rewrite(folder, model__layers__0__self_attn__rotary_emb__inv_freq=np.ones(4, np.float32))
    load_model(folder)


def test_tied_embeddings_may_be_stored_twice_but_not_differently(folder):
    config = json.loads((folder / "config.json").read_text()) | {"tie_word_embeddings": True}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="lm_head.weight differs .*tie_word_embeddings"):
        load_model(folder)
    rewrite(folder, lm_head__weight=SafetensorsFile(folder / "model.safetensors").read("model.embed_tokens.weight"))
    twice = load_model(folder)
    rewrite(folder, lm_head__weight=None)
    assert np.array_equal(*(OneSequence(each).forward([1, 2]) for each in (load_model(folder), twice)))


def test_a_part_that_is_missing_or_lacks_a_tensor_is_named(tmp_path):
    folder = Path(shutil.copytree(CHECKPOINTS / "tied-f16-in-parts", tmp_path / "model"))
    parts = [folder / f"model-0000{i}-of-00003.safetensors" for i in (1, 2, 3)]
    shutil.copy(parts[0], parts[1])
    with pytest.raises(ValueError, match="model-00002-of-00003.safetensors holds no model.layers.0"):
        load_model(folder)
    parts[1].unlink()
    with pytest.raises(ValueError, match="model-00002-of-00003.safetensors is missing"):
        load_model(folder)
    (folder / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(ValueError, match="index.json holds no weight_map"):
        load_model(folder)


def test_an_unknown_name_is_answered_with_the_known_ones_and_what_a_folder_holds(tmp_path):
    with pytest.raises(ValueError, match=r"no model 'gpt5'. Known names: smollm2.*config.json.*tokenizer.json"):
        get_model("gpt5")
    with pytest.raises(ValueError, match="is not a model's folder: one holds config.json, model.safetensors"):
        get_model(tmp_path)
    shutil.copy(CHECKPOINTS / "gqa-bf16" / "config.json", tmp_path)
    with pytest.raises(ValueError, match="is not a model's folder"):
        get_model(str(tmp_path))
