"""Byte-level BPE from a GGUF's fields, with the split into words of each family of models."""

import json
from pathlib import Path

import pytest

from mini_vllm.model_loader.gguf_tokenizer import gguf_tokenizer

pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
GOLDEN = json.loads((Path(__file__).parent / "golden" / "tokenizers" / "golden.json").read_text())
FIELDS = {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": GOLDEN["bpe"]["tokens"],
    "tokenizer.ggml.merges": GOLDEN["bpe"]["merges"],
    "tokenizer.ggml.token_type": [3, 3] + [1] * (len(GOLDEN["bpe"]["tokens"]) - 2),
    "tokenizer.ggml.bos_token_id": 0,
    "tokenizer.ggml.eos_token_id": 1,
}


def tokenizer_of(pre: str, **fields):
    named = {f"tokenizer.ggml.{name}": value for name, value in fields.items()}
    return gguf_tokenizer(FIELDS | {"tokenizer.ggml.pre": pre} | named, (1,))


@pytest.mark.parametrize("pre", GOLDEN["bpe"]["ids"])
def test_ids_are_those_of_the_models_own_tokenizer(pre):
    tokenizer = tokenizer_of(pre)
    for text, ids in zip(GOLDEN["texts"], GOLDEN["bpe"]["ids"][pre]):
        assert tokenizer.encode(text, add_special_tokens=False) == ids, repr(text)
        if pre != "qwen2":  # which composes e and an accent to one letter
            assert tokenizer.decode(ids) == text


def test_the_kinds_differ_on_the_texts():
    assert len({json.dumps(ids) for ids in GOLDEN["bpe"]["ids"].values()}) == len(GOLDEN["bpe"]["ids"]) >= 5


def test_llama_3_begins_a_text_with_bos_unless_the_file_says_otherwise_and_qwen_does_not():
    begins = {pre: tokenizer_of(pre).encode("a")[0] == 0 for pre in GOLDEN["bpe"]["ids"]}
    assert begins == {"gpt-2": False, "smollm": False, "llama-bpe": True, "qwen2": False, "tekken": True}
    assert tokenizer_of("llama-bpe", add_bos_token=False).encode("a")[0] != 0
    assert tokenizer_of("qwen2", add_bos_token=True, add_eos_token=True).encode("a")[::2] == [0, 1]
    assert tokenizer_of("qwen2").eos_token_ids == (1,)


@pytest.mark.parametrize(("model", "pre"), [("gpt2", "falcon"), ("gpt2", None), ("t5", "qwen2")])
def test_another_kind_is_refused_with_those_that_are_known(model, pre):
    said = rf"its tokenizer \({model}, {pre}\) is not implemented; .*gpt-2, smollm, llama-bpe.*qwen2"
    with pytest.raises(ValueError, match=said):
        tokenizer_of(pre, model=model)


@pytest.mark.parametrize(("pre", "is_whole"), [("llama-bpe", True), ("tekken", True), ("qwen2", False)])
def test_a_word_that_is_a_token_is_that_token_for_llama_3_whatever_its_merges_make(pre, is_whole):
    tokens = [*GOLDEN["bpe"]["tokens"], "qzxj"]  # no merge makes it
    kinds = [*FIELDS["tokenizer.ggml.token_type"], 1]
    ids = tokenizer_of(pre, tokens=tokens, token_type=kinds, add_bos_token=False).encode("qzxj")
    assert (ids == [len(tokens) - 1]) == is_whole
