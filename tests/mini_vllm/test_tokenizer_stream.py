"""Text that is whole at every moment of a stream."""

import json
import random
from pathlib import Path

import pytest

from mini_vllm.bpe_tokenizer import BPETokenizer
from mini_vllm.model_loader import EMBEDDED_FOLDER
from mini_vllm.tokenizer import FastTokenizer, IncrementalDetokenizer

CHECKPOINT = Path(__file__).parent / "golden" / "checkpoints" / "gqa-bf16"


class ByteTokenizer:
    """The smallest tokenizer: a token is a byte."""

    def decode(self, token_ids, skip_special_tokens=True):
        return bytes(token_ids).decode("utf-8", errors="replace")


@pytest.mark.parametrize(
    "data", ["Grüße 🙂 漢字!".encode(), b"\xff\xfe a\x80\xf0\x9f\x99", b"\xf0\x9f\x99(", "\ufffd\ufffd.".encode()]
)
def test_the_pieces_of_a_stream_add_up_to_the_text(data):
    stream, pieces = IncrementalDetokenizer(ByteTokenizer()), []
    for end, byte in enumerate(data, 1):
        pieces.append(stream.update(byte))
        assert "".join(pieces) == data[:end].decode(errors="replace").rstrip("\ufffd")[: len("".join(pieces))]
    assert "".join(pieces) + stream.finish() == data.decode(errors="replace")


def test_a_character_in_several_tokens_comes_with_the_last_of_them():
    stream = IncrementalDetokenizer(ByteTokenizer())
    assert [stream.update(byte) for byte in "a🙂b".encode()] == ["a", "", "", "", "🙂", "b"]
    assert (stream.finish(), stream.update(0xF0), stream.update(0x9F), stream.finish()) == ("", "", "", "\ufffd")


def test_the_pieces_of_a_stream_add_up_whatever_the_tokens():
    pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
    tokenizer = FastTokenizer.from_folder(CHECKPOINT)
    for text in json.loads((CHECKPOINT / "golden.json").read_text(encoding="utf-8"))["texts"]:
        for skip_special_tokens in (True, False):
            stream = IncrementalDetokenizer(tokenizer, skip_special_tokens)
            pieces = [stream.update(token_id) for token_id in text["tokens"]]
            assert "".join(pieces) + stream.finish() == tokenizer.decode(text["tokens"], skip_special_tokens)


def test_a_stream_keeps_the_spaces_that_depend_on_the_token_before():
    class WordTokenizer:  # as SentencePiece does: a word has a space in front, but not the first
        def decode(self, token_ids, skip_special_tokens=True):
            return " ".join("abcdef"[i] for i in token_ids if i < 6)  # the others are special, and skipped

    stream = IncrementalDetokenizer(WordTokenizer())
    assert [stream.update(token_id) for token_id in (0, 1, 2)] == ["a", " b", " c"]
    # Special tokens leave nothing that the next could stand behind.
    assert [stream.update(token_id) for token_id in (9, 9, 5)] == ["", "", " f"]


def test_a_stream_looks_at_few_tokens_however_long_the_text():
    seen = []

    class Counting(ByteTokenizer):
        def decode(self, token_ids, skip_special_tokens=True):
            seen.append(len(token_ids))
            return super().decode(token_ids, skip_special_tokens)

    stream = IncrementalDetokenizer(Counting())
    for byte in "Grüße 🙂".encode() * 100:
        stream.update(byte)
    assert max(seen) <= 5


SIGNS = ["🦊", "🐻", "👩‍👩‍👧", "🇦🇹", "é", "漢", "ü", "\u0301", "ไ", " ", "a", "time", "<", ">", "\n"]


def sentencepiece_tokenizer() -> FastTokenizer:
    """As Llama 2's: a byte for what the vocabulary lacks, a sign for a space, none at the beginning of a text."""
    tokenizers = pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
    from tokenizers import decoders

    words = ["<unk>", "▁", "▁time", "time", "a", "▁a", "<", ">", "é", "\n", "▁▁"]
    vocab = {f"<0x{byte:02X}>": byte for byte in range(256)} | {word: 256 + i for i, word in enumerate(words)}
    backend = tokenizers.Tokenizer(tokenizers.models.BPE(vocab, [], byte_fallback=True, unk_token="<unk>"))
    backend.add_special_tokens(["</s>"])
    backend.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return FastTokenizer(backend)


def sentencepiece_tokens(tokenizer: FastTokenizer, rng: random.Random) -> list[int]:
    """Whole characters, some as bytes, with special tokens between them."""
    tokens: list[int] = []
    for _ in range(rng.randint(1, 25)):
        tokens += list(rng.choice(SIGNS[:9]).encode()) if rng.random() < 0.6 else [rng.randint(257, 267)]
    return tokens


def streamed(tokenizer, tokens, skip_special_tokens=True, prompt=()) -> str:
    stream = IncrementalDetokenizer(tokenizer, skip_special_tokens, prompt)
    pieces = [stream.update(token) for token in tokens]
    return "".join(pieces) + stream.finish()


def test_two_emoji_in_bytes_are_two_emoji():
    tokenizer, tokens = sentencepiece_tokenizer(), list("🦊🐻".encode())
    stream = IncrementalDetokenizer(tokenizer)
    assert [stream.update(token) for token in tokens] == ["", "", "", "🦊", "", "", "", "🐻"]


@pytest.mark.parametrize("skip_special_tokens", [True, False])
def test_byte_fallback_streams_add_up_to_the_text_that_is_decoded_at_once(skip_special_tokens):
    tokenizer, rng = sentencepiece_tokenizer(), random.Random(1)
    for _ in range(600):
        tokens = sentencepiece_tokens(tokenizer, rng)
        assert streamed(tokenizer, tokens, skip_special_tokens) == tokenizer.decode(tokens, skip_special_tokens), tokens


@pytest.mark.parametrize("skip_special_tokens", [True, False])
def test_a_stream_behind_a_prompt_is_the_rest_of_the_whole_text(skip_special_tokens):
    tokenizer, rng = sentencepiece_tokenizer(), random.Random(2)
    for _ in range(600):
        prompt, tokens = (sentencepiece_tokens(tokenizer, rng) for _ in range(2))
        text, whole = (tokenizer.decode(ids, skip_special_tokens) for ids in (prompt, prompt + tokens))
        assert text + streamed(tokenizer, tokens, skip_special_tokens, prompt) == whole, (prompt, tokens)


def test_a_word_behind_a_prompt_keeps_its_space():
    tokenizer = sentencepiece_tokenizer()
    assert streamed(tokenizer, [258], prompt=[260, 258]) == " time"
    assert streamed(tokenizer, [258]) == streamed(tokenizer, [258], prompt=[267]) == "time"


def test_a_prompt_that_ends_within_a_character_does_not_get_into_the_text():
    tokenizer = sentencepiece_tokenizer()
    fox = list("🦊".encode())
    assert streamed(tokenizer, [*fox, 258], prompt=[260, *fox[:2]]) == "🦊 time"


@pytest.mark.parametrize("seed", range(3))
def test_byte_level_streams_of_emoji_rich_texts_add_up(seed):
    pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
    embedded = BPETokenizer.from_folder(EMBEDDED_FOLDER)
    for tokenizer in (FastTokenizer.from_folder(CHECKPOINT), embedded, ByteTokenizer()):
        rng = random.Random(seed)
        for _ in range(100):
            text = "".join(rng.choice(SIGNS) for _ in range(rng.randint(1, 20)))
            tokens = list(text.encode()) if isinstance(tokenizer, ByteTokenizer) else tokenizer.encode(text)
            assert streamed(tokenizer, tokens) == tokenizer.decode(tokens) == text
            start = rng.randint(0, len(tokens))
            assert streamed(tokenizer, tokens[start:], prompt=tokens[:start]) == tokenizer.decode(tokens[start:])


def test_random_bytes_add_up():
    rng = random.Random(0)
    for length in [*range(30)] * 10 + [300]:
        data = [rng.choice([0x20, 0x41, 0x80, 0xC3, 0xE6, 0xF0, 0x9F, 0xA6, 0xFF]) for _ in range(length)]
        assert streamed(ByteTokenizer(), data) == bytes(data).decode(errors="replace")


def test_what_never_becomes_a_text_is_not_looked_at_for_ever():
    class Watching(ByteTokenizer):
        most = 0

        def decode(self, token_ids, skip_special_tokens=True):
            Watching.most = max(Watching.most, len(token_ids))
            return super().decode([token for token in token_ids if token != 0])  # 0 is special, and skipped

    assert streamed(Watching(), [0x80] * 1000) == "\ufffd" * 1000
    assert streamed(Watching(), [0x41, *[0] * 1000, 0x42]) == "AB"
    assert Watching.most < 200
    # A word keeps its space however many special tokens stand before it.
    tokenizer = sentencepiece_tokenizer()
    assert streamed(tokenizer, [260, *[267] * 1000, 258]) == "a time"
