"""SentencePiece's BPE in pure Python gives the ids and the texts of the sentencepiece library."""

import json
import random
import shutil
from pathlib import Path

import pytest

from mini_vllm.model_loader import get_model, load_tokenizer
from mini_vllm.model_loader.gguf_tokenizer import gguf_tokenizer
from mini_vllm.model_loader.sentencepiece_model import load_sentencepiece
from mini_vllm.sentencepiece_tokenizer import SentencePieceTokenizer, SentencePieceVocab
from mini_vllm.tokenizer import IncrementalDetokenizer

FOLDER = Path(__file__).parent / "golden" / "tokenizers"
GOLDEN = json.loads((FOLDER / "golden.json").read_text())
MODEL = load_sentencepiece(FOLDER)
VOCAB = MODEL._vocab
FIELDS = {
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": VOCAB.pieces,
    "tokenizer.ggml.scores": VOCAB.scores,
    "tokenizer.ggml.token_type": VOCAB.kinds,
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
}
GGUF = gguf_tokenizer(FIELDS, (2,))


@pytest.mark.parametrize("tokenizer", [MODEL, GGUF], ids=["tokenizer.model", "GGUF"])
def test_ids_and_texts_are_those_of_the_library(tokenizer):
    for text, ids in zip(GOLDEN["texts"], GOLDEN["sentencepiece"]["ids"]):
        assert tokenizer.encode(text) == [1, *ids], repr(text)
        assert tokenizer.encode(text, add_special_tokens=False) == ids
    for ids, text in GOLDEN["sentencepiece"]["decoded"]:
        assert tokenizer.decode(ids) == text, ids


def test_control_tokens_in_a_text_are_found_and_each_part_begins_with_a_space():
    ids = MODEL.encode("<s>Hello</s>Hello", add_special_tokens=False)
    hello = MODEL.encode("Hello", add_special_tokens=False)
    assert ids == [1, *hello, 2, *hello]
    assert MODEL.decode(ids, skip_special_tokens=False) == "<s> Hello</s> Hello"
    assert MODEL.eos_token_ids == (2,) and MODEL.decode([1, 2]) == ""


def test_an_id_beyond_the_vocabulary_is_no_text():
    assert MODEL.decode([*MODEL.encode("Hello"), 600, 99_999]) == "Hello"


def test_the_fields_of_a_gguf_say_what_stands_around_a_text_and_whether_it_begins_with_a_space():
    plain = MODEL.encode("Hello", add_special_tokens=False)
    assert gguf_tokenizer(FIELDS | {"tokenizer.ggml.add_bos_token": False}, ()).encode("Hello") == plain
    ended = gguf_tokenizer(FIELDS | {"tokenizer.ggml.add_eos_token": True}, ())
    assert ended.encode("Hello") == [1, *plain, 2]
    bare = gguf_tokenizer(FIELDS | {"tokenizer.ggml.add_space_prefix": False}, ())
    assert bare.encode(" Hello") == [1, *plain] and bare.decode(plain) == " Hello"
    short = gguf_tokenizer(FIELDS | {"tokenizer.ggml.remove_extra_whitespaces": True}, ())
    assert short.encode("  Hello ") == [1, *plain]


def test_equal_scores_are_merged_from_the_left():
    """A table of ranked pairs, which other libraries make of the scores, merges the longer left part first."""
    vocab = SentencePieceVocab(
        pieces=["<unk>", "a", "aa", "aaa"], scores=[0, -3, -1, -2], kinds=[2, 1, 1, 1], add_dummy_prefix=False
    )
    tokenizer = SentencePieceTokenizer(vocab)
    assert tokenizer.encode("aaaaa") == [2, 3] and tokenizer.encode("axya") == [1, 0, 1]


@pytest.fixture
def folder(tmp_path):
    shutil.copy(FOLDER / "tokenizer.model", tmp_path)
    return tmp_path


def test_a_folder_with_tokenizer_model_only_has_a_tokenizer(folder):
    tokenizer = load_tokenizer(folder)
    assert (
        tokenizer.encode("Hello") == load_tokenizer(folder / "tokenizer.model").encode("Hello") == MODEL.encode("Hello")
    )


def test_the_settings_beside_it_count(folder):
    settings = {
        "add_bos_token": False,
        "add_eos_token": True,
        "eos_token": "<|im_end|>",
        "added_tokens_decoder": {"600": {"content": "<|im_end|>"}},
        "chat_template": "{{ messages[0]['content'] }}<|im_end|>",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "added_tokens.json").write_text('{"<|im_start|>": 601}')
    tokenizer = load_tokenizer(folder)
    hello = MODEL.encode("Hello", add_special_tokens=False)
    assert tokenizer.encode("<|im_start|>Hello") == [601, *hello, 600]
    assert tokenizer.apply_chat_template([{"role": "user", "content": "Hello"}]) == [*hello, 600]
    assert tokenizer.eos_token_ids == (600,)


def test_a_model_that_is_cut_anywhere_or_of_another_kind_is_named(folder):
    whole = (FOLDER / "tokenizer.model").read_bytes()
    for size in range(1, len(whole) - 600, 97):
        (folder / "tokenizer.model").write_bytes(whole[:size])
        with pytest.raises(ValueError, match="tokenizer.model"):
            load_tokenizer(folder)
    unigram = whole.replace(b"\x18\x02\x20\xd8\x04", b"\x18\x01\x20\xd8\x04")  # the trainer's model_type
    assert unigram != whole
    (folder / "tokenizer.model").write_bytes(unigram)
    with pytest.raises(ValueError, match="tokenizer.model: it is not a BPE model"):
        load_tokenizer(folder)


def test_a_folder_without_any_tokenizer_says_where_to_get_one_and_loads_without(tmp_path):
    checkpoint = FOLDER.parent / "checkpoints" / "mha-f32-transformers-4"
    with pytest.raises(
        ValueError, match="holds neither tokenizer.json nor .*save_pretrained.*skip_tokenizer_init=True"
    ):
        get_model(checkpoint)
    model, tokenizer = get_model(checkpoint, skip_tokenizer_init=True)
    assert tokenizer is None and model.config.vocab_size == 90


def test_a_stream_of_tokens_is_the_text_of_all_of_them_and_keeps_the_space_behind_the_prompt():
    rng = random.Random(0)
    texts = [ids for ids, _ in GOLDEN["sentencepiece"]["decoded"]]
    for ids in texts + [rng.choices(range(600), k=12) for _ in range(200)]:
        stream = IncrementalDetokenizer(MODEL)
        assert "".join(stream.update(token_id) for token_id in ids) + stream.finish() == MODEL.decode(ids)
    prompt, whole = MODEL.encode("Once upon a"), MODEL.encode("Once upon a time")
    stream = IncrementalDetokenizer(MODEL, prompt_token_ids=prompt)
    assert "".join(map(stream.update, whole[len(prompt) :])) + stream.finish() == " time"
