"""GGUFs of every architecture give the tokens and the logits of transformers, from the order and names of llama.cpp."""

import json
from pathlib import Path

import numpy as np
import pytest
from case_gguf import write_case
from model_cases import CASES, NEW_TOKENS, prompt

from mini_vllm import ModelConfig, OneSequence
from mini_vllm.model_loader import get_model
from mini_vllm.model_loader.default_loader import load_model, save_folder
from mini_vllm.model_loader.gguf_loader import load_gguf

pytest.importorskip("gguf", reason='needs pip install "mini-vllm[models]"')
GOLDEN = json.loads((Path(__file__).parent / "golden" / "models.json").read_text())["results"]
NAMES = [
    "llama, default, untied, 2 KV heads of 8, biases",  # biases of q and k are reordered as their rows are
    "llama, default, tied, 4 KV heads of 16",
    "llama, linear, untied, 1 KV heads of 8",
    "llama, llama3, tied, 2 KV heads of 16",
    "llama, yarn, untied, 2 KV heads of 8",
    "qwen2, default, tied, 2 KV heads of 8",  # q and k are not reordered
    "qwen2, yarn, untied, 4 KV heads of 16",
    "qwen3, default, untied, 2 KV heads of 16",
    "qwen3, linear, tied, 1 KV heads of 8, biases",
]
LLAMA = NAMES[0]


def config_of(name: str) -> ModelConfig:
    return ModelConfig.from_hf(CASES[name])


@pytest.mark.parametrize("name", NAMES)
def test_tokens_and_logits_equal_those_of_transformers(name, tmp_path):
    model, _ = get_model(write_case(tmp_path / "model.gguf", config_of(name), GOLDEN[name]["seed"]))
    logits = OneSequence(model).forward(prompt(name, GOLDEN[name]["seed"]) + GOLDEN[name]["tokens"])
    assert logits[-NEW_TOKENS - 1 : -1].argmax(axis=-1).tolist() == GOLDEN[name]["tokens"]
    np.testing.assert_allclose(logits[-1], GOLDEN[name]["last_logits"], atol=1e-4)


def test_smollm3_has_its_q_and_k_reordered_and_no_rotation_in_every_fourth_layer(tmp_path):
    config = ModelConfig(
        **{"model_type": "smollm3", "vocab_size": 24, "hidden_size": 16, "intermediate_size": 16},
        **{"num_hidden_layers": 4, "num_attention_heads": 2, "no_rope_layers": (1, 1, 1, 0)},
    )
    from mini_vllm.models.smollm3 import SmolLM3ForCausalLM

    model, _ = get_model(write_case(tmp_path / "model.gguf", config, 0))
    assert model.config.no_rope_layers == (1, 1, 1, 0)
    ids = list(range(20))
    wanted = OneSequence(SmolLM3ForCausalLM(config, seed=0)).forward(ids)
    np.testing.assert_allclose(OneSequence(model).forward(ids), wanted, atol=1e-5)


@pytest.mark.parametrize("name", ["llama, llama3, tied, 2 KV heads of 16", "qwen2, yarn, untied, 4 KV heads of 16"])
def test_a_folder_that_is_saved_from_it_computes_the_same(name, tmp_path):
    class NoTokenizer:
        def save(self, folder):
            pass

    model, _ = get_model(write_case(tmp_path / "model.gguf", config_of(name), 0))
    save_folder(model, NoTokenizer(), tmp_path)
    again = load_model(tmp_path)
    assert again.config == model.config
    assert np.array_equal(*(OneSequence(each).forward(prompt(name, 0)) for each in (model, again)))


def test_a_sliding_window_that_is_saved_is_read_back(tmp_path):
    from mini_vllm.models.registry import model_class

    for name in ("qwen3, sliding window", "smollm3, sliding window", "mistral, default, tied, 1 KV heads of 8"):
        config = config_of(name)
        save_folder(model_class(config)(config), type("None", (), {"save": lambda *_: None}), tmp_path)
        assert load_model(tmp_path).config == config


def test_the_tokens_that_end_a_turn_and_a_message_end_a_text_as_well(tmp_path):
    ids = {"eos": 5, "eot": 7, "eom": 9}
    fields = {f"tokenizer.ggml.{name}_token_id": token_id for name, token_id in ids.items()}
    model, tokenizer = load_gguf(write_case(tmp_path / "model.gguf", config_of(LLAMA), 0, fields))
    assert model.config.eos_token_ids == tokenizer.eos_token_ids == (5, 7, 9)
    fields |= {"tokenizer.ggml.eot_token_id": 5, "tokenizer.ggml.eom_token_id": None}
    assert load_gguf(write_case(tmp_path / "model.gguf", config_of(LLAMA), 0, fields))[0].config.eos_token_id == 5


@pytest.mark.parametrize("name", ["MODEL.GGUF", "model.Gguf", "model"])
def test_a_file_is_a_gguf_by_what_it_holds_or_by_its_ending_in_any_case(name, tmp_path):
    assert get_model(write_case(tmp_path / name, config_of(LLAMA), 0))[0].config.vocab_size == 24


def test_a_file_that_is_no_gguf_is_refused_with_the_reason(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"\x08" * 100)
    with pytest.raises(ValueError, match="model.safetensors is not a GGUF file. Give the path of one, or of a folder"):
        get_model(tmp_path / "model.safetensors")
    (tmp_path / "MODEL.GGUF").write_bytes(b"\x08" * 100)
    with pytest.raises(ValueError, match="MODEL.GGUF is cut short or no GGUF file"):
        get_model(tmp_path / "MODEL.GGUF")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"llama.rope.dimension_count": 4}, "rope.dimension_count=4, where its heads have 8: not implemented"),
        ({"llama.attention.value_length": 16}, "attention.value_length=16, where its heads have 8"),
        ({"llama.expert_count": 8}, "expert_count=8; mini_vllm implements 0 only"),
        ({"llama.logit_scale": 8.0}, "logit_scale=8.0"),
        ({"llama.rope.scaling.type": "longrope"}, "rope_type='longrope' is not implemented"),
        ({"llama.rope.scaling.type": "linear"}, "factor=None of 'linear'"),
        ({"split.count": 3}, "is one of 3 parts: join them"),
    ],
)
def test_what_changes_the_computation_and_is_not_implemented_is_refused_by_name(fields, said, tmp_path):
    with pytest.raises(ValueError, match=f"model.gguf.*{said}"):
        get_model(write_case(tmp_path / "model.gguf", config_of(LLAMA), 0, fields))


def test_without_a_tokenizer_only_the_model_is_read(tmp_path):
    path = write_case(tmp_path / "model.gguf", config_of(LLAMA), 0, {"tokenizer.ggml.model": "wordpiece"})
    with pytest.raises(ValueError, match="its tokenizer .wordpiece, None. is not implemented"):
        get_model(path)
    model, tokenizer = get_model(path, skip_tokenizer_init=True)
    assert tokenizer is None and model.config.vocab_size == 24
