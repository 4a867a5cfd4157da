"""The tokenizer in pure Python gives the ids of the `tokenizers` library, on any text."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mini_vllm.bpe_tokenizer import BPETokenizer, _byte_signs
from mini_vllm.model_loader import EMBEDDED_FOLDER
from mini_vllm.tokenizer import IncrementalDetokenizer

TOKENIZER = BPETokenizer.from_folder(EMBEDDED_FOLDER)
GOLDEN = json.loads((Path(__file__).parent / "golden" / "embedded.json").read_text())
NASTY = [
    "",
    " ",
    "   three  spaces\n\n\tand tabs \r\n ",
    "it's we'll they've I'd 'S 'll's",
    "12345 ½ ² ٣ Ⅷ 3.14 x2y",
    "naïve café — “quotes” … 日本語 Ελληνικά עברית",
    "😀👩‍👩‍👧 a\u0301 \u00a0 \u2028 \u3000 \x00 \x1f \ufeff \ufffd",
    "<|user|>hi<|end|><|endoftext|> <|user <|assistant|>|>",
    "a" * 500,
    "_under__score_ __init__",
]


@pytest.mark.parametrize("index", range(len(GOLDEN["encoded"])))
def test_ids_are_those_that_the_library_gave(index):
    text, ids = GOLDEN["encoded"][index]
    assert TOKENIZER.encode(text) == ids


@pytest.fixture(scope="module")
def library():
    tokenizers = pytest.importorskip("tokenizers", reason="pip install 'mini-vllm[models]'")
    return tokenizers.Tokenizer.from_file(str(EMBEDDED_FOLDER / "tokenizer.json"))


@pytest.mark.parametrize("text", NASTY, ids=repr)
def test_nasty_texts_have_the_ids_of_the_library(text, library):
    ids = TOKENIZER.encode(text)
    assert ids == library.encode(text).ids
    for skip in (True, False):
        assert TOKENIZER.decode(ids, skip) == library.decode(ids, skip_special_tokens=skip)


PIECES = (
    "'s 'll 're 've 'm 'd 't ' the fox é ß 漢字 ा \u0301 ª ʰ ſ 〇 ٣ Ⅷ ½ ² 𝟘 𝓪 0 42 _ - !!! 🙂 <|end|> <|end \u200b \x00"
).split(" ") + [" ", "  ", "\n", "\t", "\r\n", "\u00a0", "\u3000", "\u2028", "\x85", "\x1c", "\x1f"]


def test_words_are_cut_where_the_library_cuts_them(library):
    """The tokens of this vocabulary reach over the ends of words, so that every other cut gives other ids."""
    import tokenizers

    rng, byte_level = random.Random(0), tokenizers.pre_tokenizers.ByteLevel
    texts = ["".join(rng.choices(PIECES, k=12)) for _ in range(3_000)]
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=3_000, special_tokens=["<|end|>"], initial_alphabet=byte_level.alphabet(), show_progress=False
    )
    backend = tokenizers.Tokenizer(tokenizers.models.BPE())
    backend.pre_tokenizer = byte_level(add_prefix_space=False, use_regex=False)
    backend.train_from_iterator(texts, trainer)
    backend.pre_tokenizer = byte_level(add_prefix_space=False)
    own = BPETokenizer(json.loads(backend.to_str()))
    for text in texts:
        assert own.encode(text) == backend.encode(text).ids, repr(text)


@pytest.mark.parametrize(
    ("text", "first_word"),
    [("they're", "they"), ("'re1", "'re"), ("é漢1", "é漢"), ("٣½a", "٣½"), (" 🙂\u0301a", " 🙂\u0301"), ("  a", " ")]
    + [("\u3000\n a", "\u3000\n"), ("\x1f!a", "\x1f!"), ("a\u2028", "a"), ("! ?", "!")],
)
def test_a_word_ends_where_the_pattern_of_gpt_2_says(text, first_word):
    signs = [_byte_signs()[byte] for byte in text.encode()]  # the merges make one token of the text, if it is not cut
    merges = [["".join(signs[:end]), signs[end]] for end in range(1, len(signs))]
    vocab = dict.fromkeys([*_byte_signs(), *(left + right for left, right in merges)])
    model = {"vocab": {token: token_id for token_id, token in enumerate(vocab)}, "merges": merges}
    tokenizer = BPETokenizer(
        {"added_tokens": [], "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False}, "model": model}
    )
    assert tokenizer.decode(tokenizer.encode(text)[:1]) == first_word


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=40))
def test_any_text_has_the_ids_of_the_library(library, text):
    assert TOKENIZER.encode(text) == library.encode(text).ids


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(max_size=40).filter(lambda text: text.isprintable()))
def test_a_text_comes_back_from_its_ids_at_once_and_piece_by_piece(text):
    ids = TOKENIZER.encode(text)
    assert TOKENIZER.decode(ids, skip_special_tokens=False) == text
    stream = IncrementalDetokenizer(TOKENIZER, skip_special_tokens=False)
    assert "".join([stream.update(token_id) for token_id in ids] + [stream.finish()]) == text


def test_bytes_that_are_no_text_become_the_replacement_character():
    (first, *_) = TOKENIZER.encode("é")  # two bytes, if the model has no token for both
    assert TOKENIZER.decode([first]) in ("\ufffd", "é")


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(ValueError, match="position 2.*surrogate"):
        TOKENIZER.encode("ab\ud800")


def test_an_id_beyond_the_vocabulary_is_no_text_because_a_models_may_be_padded():
    ids = TOKENIZER.encode("one two")
    assert TOKENIZER.decode([99_999, *ids, 1_024]) == "one two"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"normalizer": {"type": "NFC"}}, "normalizer"),
        ({"pre_tokenizer": {"type": "Whitespace"}}, "pre_tokenizer.type is 'Whitespace'"),
        ({"model": {"type": "WordPiece", "vocab": {}, "merges": []}}, "model.type is 'WordPiece'"),
        ({"model": 7}, "not a valid tokenizer.json"),
    ],
    ids=str,
)
def test_another_kind_of_tokenizer_is_refused_by_name(change, message, tmp_path):
    settings = json.loads((EMBEDDED_FOLDER / "tokenizer.json").read_text(encoding="utf-8"))
    (tmp_path / "tokenizer.json").write_text(json.dumps(settings | change))
    with pytest.raises(ValueError, match=message):
        BPETokenizer.from_folder(tmp_path)
