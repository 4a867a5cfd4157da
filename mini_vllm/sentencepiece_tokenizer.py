"""SentencePiece's BPE, as Llama 1 and 2 and Mistral have it, in pure Python; with the ids of the sentencepiece library.

A text is one sequence of characters, in which "\u2581" stands for a space; the pair of neighbours whose piece has the
best score is merged, until no pair forms a piece. A character without a piece becomes its UTF-8 bytes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mini_vllm.pair_merging import merge_pairs
from mini_vllm.tokenizer import ChatTokenizer

SPACE = "\u2581"
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)  # kinds of pieces, in tokenizer.model and in GGUF


@dataclass(frozen=True, kw_only=True)
class SentencePieceVocab:
    """What a tokenizer.model or a GGUF holds: one piece, score and kind for each token id, and how texts are prepared.

    Errors: ValueError for lists of different lengths, and for a vocabulary that cannot represent unknown characters.
    """

    pieces: Sequence[str]
    scores: Sequence[float]
    kinds: Sequence[int]
    add_dummy_prefix: bool = True  # a text begins with a space
    remove_extra_whitespaces: bool = False  # several spaces count as one, and those at the ends do not count

    def __post_init__(self) -> None:
        if not len(self.pieces) == len(self.scores) == len(self.kinds):
            sizes = f"{len(self.pieces)} tokens, {len(self.scores)} scores and the kinds of {len(self.kinds)}"
            raise ValueError(f"it has {sizes}: download it again.")
        if UNKNOWN not in self.kinds and list(self.kinds).count(BYTE) != 256:
            raise ValueError("it has neither a token for unknown characters nor one for each byte: download it again.")


class SentencePieceTokenizer(ChatTokenizer):
    """A tokenizer of the kind BPE of the sentencepiece library.

    added:  further tokens, with ids behind those of the vocabulary. Like control tokens, they are found in a text.
    prefix, suffix: token ids that `encode` puts around a text, for example the one that begins it.
    """

    def __init__(
        self,
        vocab: SentencePieceVocab,
        eos_token_ids: Iterable[int] = (),
        chat_template: str | None = None,
        special_tokens: Mapping[str, str] | None = None,
        *,
        added: Mapping[str, int] | None = None,
        prefix: Sequence[int] = (),
        suffix: Sequence[int] = (),
    ) -> None:
        super().__init__(chat_template, special_tokens)
        self._vocab, self._prefix, self._suffix = vocab, list(prefix), list(suffix)
        tokens = list(enumerate(zip(vocab.pieces, vocab.kinds)))
        self._ranks = {
            piece: -score for piece, score, kind in zip(vocab.pieces, vocab.scores, vocab.kinds) if kind == 1
        }
        self._ids = {piece: i for i, (piece, kind) in tokens if kind in (NORMAL, USER_DEFINED)}
        self._byte_ids = {int(piece[1:-1], 16): i for i, (piece, kind) in tokens if kind == BYTE}
        self._unknown_id = next((i for i, (_, kind) in tokens if kind == UNKNOWN), None)
        self._control = {piece: i for i, (piece, kind) in tokens if kind in (CONTROL, UNKNOWN)} | dict(added or {})
        self._user_defined = _any_of([piece for _, (piece, kind) in tokens if kind == USER_DEFINED])
        self._control_pattern = _any_of(self._control)
        self._text = {i: piece.replace(SPACE, " ").encode() for i, (piece, _) in tokens}
        self._text |= {i: bytes([byte]) for byte, i in self._byte_ids.items()}
        self._text |= {i: content.encode() for content, i in (added or {}).items()}
        eos = self._control.get(self.special_tokens.get("eos_token", ""))
        self.eos_token_ids = tuple(dict.fromkeys([*eos_token_ids, *([] if eos is None else [eos])]))

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        """The token ids of `text`. Errors: UnicodeEncodeError for half of a surrogate pair."""
        ids, position = [], 0
        for match in self._control_pattern.finditer(text):
            ids += [*self._encode_plain(text[position : match.start()]), self._control[match[0]]]
            position = match.end()
        ids += self._encode_plain(text[position:])
        return [*self._prefix, *ids, *self._suffix] if add_special_tokens else ids

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str:
        """The text of `token_ids`; bytes that are not UTF-8 become U+FFFD; ids without a token are ignored."""
        skipped = self._control.values() if skip_special_tokens else ()
        data = b"".join(self._text.get(token_id, b"") for token_id in token_ids if token_id not in skipped)
        text = re.sub("[\udc80-\udcff]", "\ufffd", data.decode("utf-8", errors="surrogateescape"))
        if self._vocab.remove_extra_whitespaces:
            return text.lstrip(" ")
        return text.removeprefix(" ") if self._vocab.add_dummy_prefix else text

    def _encode_plain(self, text: str) -> Iterator[int]:
        if self._vocab.remove_extra_whitespaces:
            text = re.sub(" +", " ", text.lstrip(" ")).rstrip(f" {SPACE}")
        if not text:
            return
        text = (SPACE if self._vocab.add_dummy_prefix else "") + text.replace(" ", SPACE)
        position = 0
        for match in self._user_defined.finditer(text):
            yield from self._merged(text[position : match.start()])
            yield self._ids[match[0]]
            position = match.end()
        yield from self._merged(text[position:])

    def _merged(self, text: str) -> Iterator[int]:
        last_is_unknown = False  # neighbouring unknown characters share one token
        for piece in merge_pairs(list(text), self._find):
            if piece in self._ids:
                yield self._ids[piece]
            elif self._byte_ids:
                yield from (self._byte_ids[byte] for byte in piece.encode())
            elif not last_is_unknown and self._unknown_id is not None:
                yield self._unknown_id
            last_is_unknown = piece not in self._ids

    def _find(self, left: str, right: str) -> tuple[float, str] | None:
        rank = self._ranks.get(left + right)
        return None if rank is None else (rank, left + right)


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Matches each of `texts`, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))) or r"(?!)")
