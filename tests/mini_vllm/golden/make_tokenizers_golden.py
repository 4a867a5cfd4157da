"""Makes tokenizers/: vocabularies, and the ids that `tokenizers` and sentencepiece give to texts with them.

    python tests/mini_vllm/golden/make_tokenizers_golden.py

Needs transformers, tokenizers and sentencepiece, and nothing of mini_vllm; the tests need none of them but tokenizers.
"""

import io
import json
import random
from pathlib import Path

import sentencepiece
import tokenizers
from tokenizers import pre_tokenizers as split
from transformers.convert_slow_tokenizer import TikTokenConverter
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

FOLDER = Path(__file__).with_name("tokenizers")
TEKKEN = (  # of Mistral Nemo's tokenizer.json
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
REGEX = {"llama-bpe": TikTokenConverter().pattern, "qwen2": PRETOKENIZE_REGEX, "tekken": TEKKEN}
PIECES = (
    "'s 'LL 're I'VE the Fox CamelCase é e\u0301 ß 漢字 かな \u0301 ٣ Ⅷ ½ 0 42 12345 "
    "_ __init__ - != !!! // /* 🙂 🦊🐻 👩‍👩‍👧 \u200b"
).split(" ") + [" ", "  ", "     ", "\n", "\n\n", "\t", "\r\n", "\u00a0", "\u3000", "\x00", "\u2581"]
WRITTEN = [
    "",
    " ",
    "Hello, world!",
    "Once upon a time, in 1984, it's 12 o'clock.",
    "def f(x):\n    return x + 1  # wow\n\n\n",
    "Grüße aus Köln: naïve café, e\u0301t\u00e9",
    "日本語のテキストと中文文本。",
    "🦊🐻 two emoji, 👩‍👩‍👧 one family 🏳️‍🌈",
    "   leading, trailing   ",
    "\t\ttabs\r\nCRLF \n \n",
    "IT'S WE'LL they'Ve 1234567890 3.14159",
]


def main() -> None:
    rng = random.Random(0)
    texts = WRITTEN + ["".join(rng.choices(PIECES, k=12)) for _ in range(60)]
    corpus = ["".join(rng.choices(PIECES, k=12)) for _ in range(2000)] + WRITTEN * 5
    FOLDER.mkdir(exist_ok=True)
    golden = {"texts": texts, "bpe": byte_level_bpe(texts, corpus), "sentencepiece": sentence_piece(texts, corpus)}
    (FOLDER / "golden.json").write_text(json.dumps(golden) + "\n")
    print({path.name: path.stat().st_size for path in FOLDER.iterdir()})


def byte_level_bpe(texts: list[str], corpus: list[str]) -> dict:
    """One vocabulary whose tokens reach over the ends of words, so that every other cut gives other ids."""
    backend = tokenizers.Tokenizer(tokenizers.models.BPE())
    backend.pre_tokenizer = split.ByteLevel(add_prefix_space=False, use_regex=False)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=900,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=split.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(corpus, trainer)
    model = json.loads(backend.to_str())["model"]
    words = {"gpt-2": [], "smollm": [split.Digits(individual_digits=True)]}
    words |= {name: [split.Split(tokenizers.Regex(regex), "isolated")] for name, regex in REGEX.items()}
    ids = {}
    for pre, cuts in words.items():
        ignores = pre in ("llama-bpe", "tekken")
        bpe = tokenizers.models.BPE(model["vocab"], [tuple(pair) for pair in model["merges"]], ignore_merges=ignores)
        reference = tokenizers.Tokenizer(bpe)
        reference.pre_tokenizer = split.Sequence([*cuts, split.ByteLevel(False, use_regex=pre not in REGEX)])
        if pre == "qwen2":
            reference.normalizer = tokenizers.normalizers.NFC()
        ids[pre] = [reference.encode(text).ids for text in texts]
    return {
        "tokens": sorted(model["vocab"], key=model["vocab"].get),
        "merges": [" ".join(pair) for pair in model["merges"]],
        "ids": ids,
    }


def sentence_piece(texts: list[str], corpus: list[str]) -> dict:
    """tokenizer.model as Llama 2 has it, and the ids and the texts that the library makes with it."""
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(line for text in corpus for line in text.split("\n") if line),
        model_writer=made,
        vocab_size=600,
        model_type="bpe",
        byte_fallback=True,
        split_digits=True,
        add_dummy_prefix=True,
        remove_extra_whitespaces=False,
        normalization_rule_name="identity",
        allow_whitespace_only_pieces=True,
        user_defined_symbols=["!!!"],
        character_coverage=0.98,
        minloglevel=9,
    )
    (FOLDER / "tokenizer.model").write_bytes(made.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=made.getvalue())
    ids = [processor.encode(text) for text in texts]
    random_ids = [random.Random(seed).choices(range(3, 600), k=8) for seed in range(40)]
    decoded = [[token_ids, processor.decode(token_ids)] for token_ids in ids + random_ids]
    return {"ids": ids, "decoded": decoded}


if __name__ == "__main__":
    main()
