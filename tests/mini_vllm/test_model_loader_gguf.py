"""GGUF files: the same model as the folder that they were made from, to the bit."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tiny_gguf import CHECKPOINT, write_gguf

from mini_vllm import OneSequence
from mini_vllm.model_loader import get_model
from mini_vllm.model_loader.default_loader import load_model
from mini_vllm.model_loader.gguf_loader import load_gguf

for library in ("gguf", "tokenizers"):
    pytest.importorskip(library, reason='needs pip install "mini-vllm[models]"')
GOLDEN = json.loads((CHECKPOINT / "golden.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_weights_and_config_equal_those_of_the_folder_it_was_made_from(dtype, tmp_path):
    model, _ = get_model(write_gguf(tmp_path / "model.gguf", dtype))
    wanted = load_model(CHECKPOINT)
    assert model.config == replace(wanted.config, eos_token_id=2)
    assert model.weights.keys() == wanted.weights.keys()
    for name, array in wanted.weights.items():
        array = array.astype(dtype) if array.ndim > 1 else array
        assert np.array_equal(model.weights[name], array), name


def test_greedy_tokens_equal_those_of_transformers(tmp_path):
    # Without the turned rows of q and k, the first token can be right all the same: many are compared.
    model, _ = load_gguf(write_gguf(tmp_path / "model.gguf"))
    for text in GOLDEN["texts"]:
        logits = OneSequence(model).forward(text["prompt"] + text["tokens"])[len(text["prompt"]) - 1 : -1]
        assert logits.argmax(axis=-1).tolist() == text["tokens"]


def test_the_tokenizer_equals_that_of_the_folder(tmp_path):
    _, tokenizer = load_gguf(write_gguf(tmp_path / "model.gguf"))
    for text, token_ids in GOLDEN["encoded"]:
        assert tokenizer.encode(text) == token_ids
    assert tokenizer.apply_chat_template(GOLDEN["chat"]["messages"]) == GOLDEN["chat"]["token_ids"]
    assert tokenizer.eos_token_ids == (2,)
    assert tokenizer.decode([1, 87, 2]) == tokenizer.decode([87])  # control tokens are special


def bpe_with(token: str, merge: str, kind: int) -> dict:
    """Fields whose last token is another one."""
    bpe = json.loads((CHECKPOINT / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    return {
        "tokenizer.ggml.tokens": sorted(bpe["vocab"], key=bpe["vocab"].get)[:-1] + [token],
        "tokenizer.ggml.merges": [" ".join(pair) for pair in bpe["merges"][:-1]] + [merge],
        "tokenizer.ggml.token_type": [3] * 3 + [1] * 284 + [kind],
    }


@pytest.mark.parametrize(("pre", "token_ids"), [("smollm", ["a", "1", "2"]), ("gpt-2", ["a", "12"])])
def test_smollm_takes_each_digit_for_a_word_and_gpt_2_does_not(pre, token_ids, tmp_path):
    fields = bpe_with("12", "1 2", kind=1) | {"tokenizer.ggml.pre": pre, "tokenizer.ggml.add_bos_token": False}
    _, tokenizer = load_gguf(write_gguf(tmp_path / "model.gguf", changed=fields))
    assert tokenizer.encode("a12") == [fields["tokenizer.ggml.tokens"].index(token) for token in token_ids]


def test_a_token_of_the_users_is_one_token_and_is_text(tmp_path):
    fields = bpe_with("<tag>", "t h", kind=4)
    _, tokenizer = load_gguf(write_gguf(tmp_path / "model.gguf", changed=fields))
    assert tokenizer.encode("<tag>") == [1, 287] and tokenizer.decode([1, 287]) == "<tag>"


def test_the_tokens_that_begin_and_end_a_text_are_those_that_the_file_names(tmp_path):
    for bos, eos in ((2, 0), (None, None)):
        fields = {"tokenizer.ggml.bos_token_id": bos, "tokenizer.ggml.eos_token_id": eos}
        fields["tokenizer.ggml.add_bos_token"] = bos is not None
        model, tokenizer = load_gguf(write_gguf(tmp_path / "model.gguf", changed=fields))
        assert (model.config.bos_token_id, model.config.eos_token_id) == (bos, eos)
        assert tokenizer.eos_token_ids == (() if eos is None else (eos,))
        assert tokenizer.encode("!") == ([] if bos is None else [bos]) + [3]


def test_a_file_without_an_output_matrix_ties_it_to_the_embeddings(tmp_path):
    model, _ = load_gguf(write_gguf(tmp_path / "model.gguf", leave_out="output.weight"))
    assert model.config.tie_word_embeddings
    assert np.shares_memory(model.lm_head, model.embed_tokens)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"general.architecture": "gemma"}, "is of the architecture 'gemma'; mini_vllm runs llama, qwen2, qwen3, smol"),
        ({"llama.attention.key_length": 16}, r"q_proj.weight has shape \(32, 32\), the config says \(64, 32\)"),
        ({"llama.vocab_size": 300}, r"embed_tokens.weight has shape \(288, 32\), the config says \(300, 32\)"),
        ({"llama.attention.head_count": 8}, r"k_proj.weight has shape \(16, 32\), the config says \(8, 32\)"),
        ({"tokenizer.ggml.pre": "falcon"}, "tokenizer .gpt2, falcon. is not implemented"),
        ({"tokenizer.ggml.model": "llama"}, "lacks the field 'tokenizer.ggml.scores'"),
        ({"tokenizer.ggml.tokens": None}, "lacks the field 'tokenizer.ggml.tokens'"),
    ],
)
def test_a_model_that_is_not_implemented_is_refused_with_the_file_named(changed, said, tmp_path):
    with pytest.raises(ValueError, match=rf"model.gguf.*{said}"):
        load_gguf(write_gguf(tmp_path / "model.gguf", changed=changed))


def test_a_missing_tensor_is_named_with_its_file(tmp_path):
    with pytest.raises(ValueError, match="model.gguf: the weights hold no 'model.layers.1.mlp.down_proj.weight'"):
        load_gguf(write_gguf(tmp_path / "model.gguf", leave_out="blk.1.ffn_down.weight"))


def test_a_file_cut_anywhere_is_refused_by_name(tmp_path):
    whole = write_gguf(tmp_path / "whole.gguf").read_bytes()
    rng = np.random.default_rng(0)
    # The file ends with up to 31 bytes of padding.
    fiftieths = [len(whole) * i // 50 for i in range(50)]
    for size in [*range(40), len(whole) - 32, *fiftieths, *rng.integers(0, len(whole) - 32, 40)]:
        (tmp_path / "cut.gguf").write_bytes(whole[:size])
        with pytest.raises(ValueError, match="cut.gguf is cut short or no GGUF file.*download or copy it again"):
            load_gguf(tmp_path / "cut.gguf")
