"""The tokenizer inside a GGUF file: byte-level BPE by the `tokenizers` library, or SentencePiece's BPE."""

from collections.abc import Mapping
from typing import Any

from mini_vllm.optional import import_optional
from mini_vllm.sentencepiece_tokenizer import CONTROL, USER_DEFINED, SentencePieceTokenizer, SentencePieceVocab
from mini_vllm.tokenizer import FastTokenizer

# How a text is cut into words, by the name that llama.cpp gives to it; the patterns are those of the models' own
# tokenizer.json files.
_TAIL = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_LETTERS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_LLAMA3 = _LETTERS + r"|\p{N}{1,3}" + _TAIL
_QWEN2 = _LETTERS + r"|\p{N}" + _TAIL
_TEKKEN = rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*|\p{{N}}"
_TEKKEN += _TAIL.replace(r"[\r\n]*", r"[\r\n/]*")
_PATTERNS = {"llama-bpe": _LLAMA3, "llama3": _LLAMA3, "llama-v3": _LLAMA3, "tekken": _TEKKEN}  # Llama 3, Mistral Nemo
_PATTERNS |= {"qwen2": _QWEN2, "deepseek-r1-qwen": _QWEN2}
_IGNORE_MERGES = ("llama-bpe", "llama3", "llama-v3", "tekken")  # a word in the vocabulary is one token
_PRE_TOKENIZERS = ("gpt-2", "smollm", *_PATTERNS)


def gguf_tokenizer(fields: Mapping[str, Any], eos_token_ids: tuple[int, ...]) -> FastTokenizer | SentencePieceTokenizer:
    """The tokenizer that a GGUF's fields describe.

    Errors: KeyError for a field that is missing; ValueError for a kind of tokenizer that is not implemented.
    """
    kind, pre = fields.get("tokenizer.ggml.model"), fields.get("tokenizer.ggml.pre")
    tokens, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    if len(kinds) != len(tokens):
        raise ValueError(f"it has {len(tokens)} tokens, and tells the kind of {len(kinds)}: download it again.")
    special_ids = {name: fields.get(f"tokenizer.ggml.{name}_id") for name in ("bos_token", "eos_token")}
    special = {name: tokens[token_id] for name, token_id in special_ids.items() if token_id is not None}
    # What llama.cpp does where a file does not say.
    adds_bos = fields.get("tokenizer.ggml.add_bos_token", kind == "llama" or pre in _IGNORE_MERGES)
    bos = special["bos_token"] if adds_bos else None
    eos = special["eos_token"] if fields.get("tokenizer.ggml.add_eos_token") else None
    template = fields.get("tokenizer.chat_template")
    if kind == "llama":
        if fields.get("tokenizer.ggml.precompiled_charsmap"):
            raise ValueError("its tokenizer changes texts in a way that is not implemented: use the model's folder.")
        vocab = SentencePieceVocab(
            pieces=tokens,
            scores=fields["tokenizer.ggml.scores"],
            kinds=kinds,
            add_dummy_prefix=fields.get("tokenizer.ggml.add_space_prefix", True),
            remove_extra_whitespaces=fields.get("tokenizer.ggml.remove_extra_whitespaces", False),
        )
        prefix, suffix = ([] if token is None else [tokens.index(token)] for token in (bos, eos))
        return SentencePieceTokenizer(vocab, eos_token_ids, template, special, prefix=prefix, suffix=suffix)
    if kind != "gpt2" or pre not in _PRE_TOKENIZERS:
        raise ValueError(
            f"its tokenizer ({kind}, {pre}) is not implemented; SentencePiece's BPE (llama) is, and byte-level BPE "
            f"(gpt2) with {', '.join(_PRE_TOKENIZERS)}. Take the model's folder in Hugging Face's format instead."
        )
    backend = _byte_level_bpe(tokens, kinds, fields["tokenizer.ggml.merges"], pre)
    if bos or eos:
        around = [token for token in (bos, eos) if token]
        backend.post_processor = import_optional("tokenizers").processors.TemplateProcessing(
            single=" ".join(part for part in (bos, "$A", eos) if part),
            special_tokens=[(token, tokens.index(token)) for token in around],
        )
    return FastTokenizer(backend, eos_token_ids, template, special)


def _byte_level_bpe(tokens: list[str], kinds: list[int], merges: list[str], pre: str) -> Any:
    """A `tokenizers.Tokenizer`."""
    tokenizers = import_optional("tokenizers")
    split = tokenizers.pre_tokenizers
    vocab = {token: token_id for token_id, token in enumerate(tokens)}
    pairs = [tuple(merge.split(" ")) for merge in merges]
    backend = tokenizers.Tokenizer(tokenizers.models.BPE(vocab, pairs, ignore_merges=pre in _IGNORE_MERGES))
    if pre in _PATTERNS:
        words = [split.Split(tokenizers.Regex(_PATTERNS[pre]), behavior="isolated")]
    else:
        words = [split.Digits(individual_digits=True)] if pre == "smollm" else []
    byte_level = split.ByteLevel(add_prefix_space=False, use_regex=pre not in _PATTERNS)
    backend.pre_tokenizer = split.Sequence([*words, byte_level])
    backend.decoder = tokenizers.decoders.ByteLevel()
    if pre == "qwen2":
        backend.normalizer = tokenizers.normalizers.NFC()
    for token, kind in zip(tokens, kinds):
        if kind in (CONTROL, USER_DEFINED):  # the others are found by merging
            backend.add_tokens([tokenizers.AddedToken(token, special=kind == CONTROL, normalized=False)])
    return backend
