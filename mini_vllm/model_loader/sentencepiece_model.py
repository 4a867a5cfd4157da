"""tokenizer.model, the file of the sentencepiece library: a protocol buffer, of which a few fields are read."""

import struct
from collections.abc import Iterator
from pathlib import Path

from mini_vllm.config import read_json
from mini_vllm.sentencepiece_tokenizer import NORMAL, SentencePieceTokenizer, SentencePieceVocab
from mini_vllm.tokenizer import read_chat_settings, read_tokenizer_config

_BPE = 2  # of TrainerSpec.ModelType, whose default is 1, the unigram model
# Numbers of fields in sentencepiece_model.proto.
_PIECES, _TRAINER, _NORMALIZER = 1, 2, 3
_PIECE, _SCORE, _KIND = 1, 2, 3
_MODEL_TYPE, _SPACE_AT_END, _BOS_ID, _EOS_ID = 3, 24, 41, 42
_CHARSMAP, _DUMMY_PREFIX, _EXTRA_SPACES, _ESCAPE_SPACES = 2, 3, 4, 5


def load_sentencepiece(folder: Path, eos_token_ids: tuple[int, ...] = ()) -> SentencePieceTokenizer:
    """The tokenizer of a folder with tokenizer.model, and tokenizer_config.json where there is one.

    Errors: ValueError, naming the file, for one that is damaged or of a kind that is not implemented.
    """
    path = folder / "tokenizer.model"
    try:
        vocab, bos_id, eos_id = _read(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    except (IndexError, TypeError, struct.error, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not a SentencePiece model ({error!r}): download or copy it again.") from None
    config = read_tokenizer_config(folder)
    template, special = read_chat_settings(folder, config)
    for name, token_id in (("bos_token", bos_id), ("eos_token", eos_id)):
        if 0 <= token_id < len(vocab.pieces):
            special.setdefault(name, vocab.pieces[token_id])
    added = {token["content"]: int(i) for i, token in config.get("added_tokens_decoder", {}).items()}
    if (folder / "added_tokens.json").is_file():
        added = read_json(folder / "added_tokens.json") | added
    known = {piece: i for i, piece in enumerate(vocab.pieces)} | added
    around = {"prefix": ("add_bos_token", "bos_token", True), "suffix": ("add_eos_token", "eos_token", False)}
    return SentencePieceTokenizer(
        vocab,
        eos_token_ids,
        template,
        special,
        added=added,
        **{side: [known[special[name]]] for side, (switch, name, is_on) in around.items() if config.get(switch, is_on)},
    )


def _read(data: bytes) -> tuple[SentencePieceVocab, int, int]:
    """The vocabulary, and the ids of the tokens that begin and end a text; -1 for none."""
    model = list(_fields(data))
    trainer = dict(_fields(_message(model, _TRAINER)))
    normalizer = dict(_fields(_message(model, _NORMALIZER)))
    if trainer.get(_MODEL_TYPE, 1) != _BPE:
        raise ValueError("it is not a BPE model, the only kind that is implemented: use the model's tokenizer.json.")
    if normalizer.get(_CHARSMAP) or trainer.get(_SPACE_AT_END) or not normalizer.get(_ESCAPE_SPACES, 1):
        raise ValueError("it changes texts in a way that is not implemented: use the model's tokenizer.json.")
    pieces = [dict(_fields(value)) for number, value in model if number == _PIECES and isinstance(value, bytes)]
    vocab = SentencePieceVocab(
        pieces=[_text(piece[_PIECE]) for piece in pieces],
        scores=[float(piece.get(_SCORE, 0.0)) for piece in pieces],
        kinds=[int(piece.get(_KIND, NORMAL)) for piece in pieces],
        add_dummy_prefix=bool(normalizer.get(_DUMMY_PREFIX, 1)),
        remove_extra_whitespaces=bool(normalizer.get(_EXTRA_SPACES, 1)),
    )
    ids = (int(trainer.get(number, default)) for number, default in ((_BOS_ID, 1), (_EOS_ID, 2)))
    bos_id, eos_id = (i - 2**64 if i >= 2**63 else i for i in ids)
    return vocab, bos_id, eos_id


def _text(value: int | float | bytes) -> str:
    if not isinstance(value, bytes):
        raise TypeError("a piece is not text")
    return value.decode()


def _message(fields: list[tuple[int, int | float | bytes]], number: int) -> bytes:
    return next((value for found, value in fields if found == number and isinstance(value, bytes)), b"")


def _fields(data: bytes) -> Iterator[tuple[int, int | float | bytes]]:
    """The number and the value of each field of a message. Errors: IndexError or struct.error if it is cut short."""
    position = 0

    def varint() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while position < len(data):
        number, wire_type = divmod(varint(), 8)
        if wire_type == 0:
            yield number, varint()
        elif wire_type == 2:
            size = varint()
            if position + size > len(data):
                raise IndexError("it is cut short")
            yield number, data[position : position + size]
            position += size
        elif wire_type in (1, 5):
            code, size = ("<d", 8) if wire_type == 1 else ("<f", 4)
            yield number, struct.unpack_from(code, data, position)[0]
            position += size
        else:
            raise TypeError(f"a field of the wire type {wire_type}")
