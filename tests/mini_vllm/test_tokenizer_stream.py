"""Text that is whole at every moment of a stream."""

import json
from pathlib import Path

import pytest

from mini_vllm.tokenizer import FastTokenizer, IncrementalDetokenizer

CHECKPOINT = Path(__file__).parent / "golden" / "checkpoints" / "gqa-bf16"


class ByteTokenizer:
    """The smallest tokenizer: a token is a byte."""

    def decode(self, token_ids, skip_special_tokens=True):
        return bytes(token_ids).decode("utf-8", errors="replace")


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize(
    "data", ["Grüße 🙂 漢字!".encode(), b"\xff\xfe a\x80\xf0\x9f\x99", b"\xf0\x9f\x99(", "\ufffd\ufffd.".encode()]
)
def test_the_pieces_of_a_stream_add_up_to_the_text(data, step):
    stream, pieces = IncrementalDetokenizer(ByteTokenizer()), []
    for start in range(0, len(data), step):
        pieces.append(stream.update(list(data[start : start + step])))
        assert "".join(pieces) == data[: start + step].decode(errors="replace").rstrip("\ufffd")[: len("".join(pieces))]
    assert "".join(pieces) + stream.finish() == data.decode(errors="replace")


def test_a_character_in_several_tokens_comes_with_the_last_of_them():
    stream = IncrementalDetokenizer(ByteTokenizer())
    assert [stream.update([byte]) for byte in "a🙂b".encode()] == ["a", "", "", "", "🙂", "b"]
    assert (stream.finish(), stream.update(list(b"\xf0\x9f")), stream.finish()) == ("", "", "\ufffd")


def test_the_pieces_of_a_stream_add_up_whatever_the_tokens():
    pytest.importorskip("tokenizers", reason='needs pip install "mini-vllm[models]"')
    tokenizer = FastTokenizer.from_folder(CHECKPOINT)
    for text in json.loads((CHECKPOINT / "golden.json").read_text(encoding="utf-8"))["texts"]:
        for skip_special_tokens in (True, False):
            stream = IncrementalDetokenizer(tokenizer, skip_special_tokens)
            pieces = [stream.update([token_id]) for token_id in text["tokens"]]
            assert "".join(pieces) + stream.finish() == tokenizer.decode(text["tokens"], skip_special_tokens)


def test_a_stream_keeps_the_spaces_that_depend_on_the_token_before():
    class WordTokenizer:  # as SentencePiece does: a word has a space in front, but not the first
        def decode(self, token_ids, skip_special_tokens=True):
            return " ".join("abcdef"[i] for i in token_ids if i < 6)  # the others are special, and skipped

    stream = IncrementalDetokenizer(WordTokenizer())
    assert [stream.update([0]), stream.update([1, 2]), stream.update([3])] == ["a", " b c", " d"]
    # A special token that comes with another one leaves nothing that the next could stand behind.
    assert [stream.update([4, 9]), stream.update([9]), stream.update([5])] == [" e", "", " f"]


def test_a_stream_looks_at_few_tokens_however_long_the_text():
    seen = []

    class Counting(ByteTokenizer):
        def decode(self, token_ids, skip_special_tokens=True):
            seen.append(len(token_ids))
            return super().decode(token_ids, skip_special_tokens)

    stream = IncrementalDetokenizer(Counting())
    for byte in "Grüße 🙂".encode() * 100:
        stream.update([byte])
    assert max(seen) <= 5
