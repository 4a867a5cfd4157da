"""Byte-level byte-pair encoding, as GPT-2 has it, in pure Python.

A text is cut into words; the UTF-8 bytes of a word are its first tokens; then the pair of neighbours that was
merged earliest in training is merged, until no pair is left that was.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from mini_vllm.config import read_json
from mini_vllm.pair_merging import merge_pairs
from mini_vllm.tokenizer import ChatTokenizer, read_chat_settings, read_tokenizer_config

# GPT-2's pattern for words, of texts in ASCII: a contraction, letters, digits or other signs with the space before
# them, or white space, of which the last one is left to the word behind it.
_WORDS = re.compile(r"'(?:[sdmt]|ll|ve|re)| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+", re.ASCII)
_HALF_PAIR = re.compile("[\ud800-\udfff]")
# What a file may ask for and is not implemented.
_MODEL_OPTIONS = ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "ignore_merges")
_ADDED_OPTIONS = ("single_word", "lstrip", "rstrip", "normalized")


class BPETokenizer(ChatTokenizer):
    """The tokenizer of a tokenizer.json of the kind BPE over ByteLevel, with the ids of the `tokenizers` library.

    Letters and numbers newer than this Python's Unicode count as signs: beside them, ids may differ.

    settings: what the file holds. Errors: ValueError for another kind of tokenizer.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        eos_token_ids: Iterable[int] = (),
        chat_template: str | None = None,
        special_tokens: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(chat_template, special_tokens)
        _require_known_kind(settings)
        added, vocab = settings["added_tokens"], settings["model"]["vocab"]
        self._added = {token["content"]: token["id"] for token in added}
        self._special_ids = {token["id"] for token in added if token["special"]}
        bytes_of = {sign: byte for byte, sign in enumerate(_byte_signs())}
        self._bytes = {token_id: bytes(bytes_of[sign] for sign in token) for token, token_id in vocab.items()}
        self._bytes |= {token_id: content.encode() for content, token_id in self._added.items()}
        self._first_ids = [vocab[sign] for sign in _byte_signs()]
        merges = [merge.split(" ") if isinstance(merge, str) else merge for merge in settings["model"]["merges"]]
        # (left, right) -> (rank, merged), all as ids
        self._merges = {(vocab[a], vocab[b]): (rank, vocab[a + b]) for rank, (a, b) in enumerate(merges)}
        longest_first = sorted(self._added, key=len, reverse=True)
        self._added_pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        eos = self._added.get(self.special_tokens.get("eos_token"))
        self.eos_token_ids = tuple(dict.fromkeys([*eos_token_ids, *([] if eos is None else [eos])]))
        self._word_ids = lru_cache(maxsize=10_000)(self._merged)  # a text has few different words

    @classmethod
    def from_folder(cls, folder: Path, eos_token_ids: Iterable[int] = ()) -> "BPETokenizer":
        """Read what `FastTokenizer.from_folder` reads, but no tokens that only the files beside tokenizer.json name.

        Errors: ValueError, naming the file.
        """
        path = folder / "tokenizer.json"
        settings = read_json(path)
        try:
            return cls(settings, eos_token_ids, *read_chat_settings(folder, read_tokenizer_config(folder)))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is not a valid tokenizer.json ({error!r}): copy the file again.") from None

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        """The token ids of `text`, with nothing around it. Errors: ValueError for half of a surrogate pair."""
        if half := _HALF_PAIR.search(text):
            raise ValueError(f"the text holds {half[0]!r} at position {half.start()}, half of a surrogate pair.")
        ids, position = [], 0
        for match in self._added_pattern.finditer(text):
            ids += [*self._encode_plain(text[position : match.start()]), self._added[match[0]]]
            position = match.end()
        return [*ids, *self._encode_plain(text[position:])]

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str:
        """The text of `token_ids`; bytes that are not UTF-8 become U+FFFD; ids without a token are ignored."""
        kept = [i for i in token_ids if not (skip_special_tokens and i in self._special_ids)]
        # A model's vocabulary may be padded beyond its tokenizer's, and sampling can draw one of those ids.
        return b"".join(self._bytes.get(token_id, b"") for token_id in kept).decode("utf-8", errors="replace")

    def _encode_plain(self, text: str) -> Iterator[int]:
        # The pattern is run over a text of the same length in which a sign of ASCII stands for each other letter.
        signs = text if text.isascii() else "".join(map(_ascii_sign, text))
        for match in _WORDS.finditer(signs):
            yield from self._word_ids(text[match.start() : match.end()])

    def _merged(self, word: str) -> tuple[int, ...]:
        return tuple(merge_pairs([self._first_ids[byte] for byte in word.encode()], self._find))

    def _find(self, left: int, right: int) -> tuple[int, int] | None:
        return self._merges.get((left, right))


def _byte_signs() -> list[str]:
    """The sign that stands for each byte in a tokenizer.json: itself where it can be seen, else one from U+0100 on."""
    seen = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    unseen = [byte for byte in range(256) if byte not in seen]
    return [chr(byte if byte in seen else 256 + unseen.index(byte)) for byte in range(256)]


@lru_cache(maxsize=10_000)
def _ascii_sign(sign: str) -> str:
    """A sign of ASCII of the same class, letter, number, white space or other; those of ASCII stay themselves."""
    other = "\t" if sign.isspace() else {"L": "A", "N": "0"}.get(unicodedata.category(sign)[0], "!")
    return sign if sign.isascii() else other


def _require_known_kind(settings: Mapping[str, Any]) -> None:
    """ValueError, naming what is not implemented: to pass over it would give other ids than the model's."""
    words = settings.get("pre_tokenizer") or {}
    found = {
        "model.type": (settings["model"].get("type", "BPE"), "BPE"),
        "pre_tokenizer.type": (words.get("type"), "ByteLevel"),
        "pre_tokenizer.add_prefix_space": (words.get("add_prefix_space"), False),
        "pre_tokenizer.use_regex": (words.get("use_regex", True), True),
        **{name: (settings.get(name), None) for name in ("normalizer", "post_processor")},
        **{f"model.{name}": (settings["model"].get(name) or None, None) for name in _MODEL_OPTIONS},
    }
    for token in settings["added_tokens"]:
        found |= {f"{name} of {token['content']}": (token.get(name) or False, False) for name in _ADDED_OPTIONS}
    for name, (value, known) in found.items():
        if value != known:
            raise ValueError(f"{name} is {value!r}, BPETokenizer knows {known!r} only: use FastTokenizer instead.")
