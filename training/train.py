"""Train the embedded model of mini_vllm: a tokenizer and a small Llama, on generated stories and conversations.

    PYTHONPATH=. python training/train.py [FOLDER]

Needs torch, transformers and tokenizers. README.md says how long it takes and what came out.
"""

import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from training.documents import CHAT_TEMPLATE, END, END_OF_TEXT, SPECIAL, document

try:
    import tokenizers
    import torch
    import transformers
except ImportError as error:
    sys.exit(
        f"{error}. Training needs torch, transformers and tokenizers, which the course doesn't install.\n"
        "Next step: make an environment of their own, so that the course's stays as it is:\n"
        "  python -m venv .venv-peers && .venv-peers/bin/pip install torch transformers -e .\n"
        "  PYTHONPATH=. .venv-peers/bin/python training/train.py"
    )

SHAPE = {
    "vocab_size": 1024,
    "hidden_size": 96,
    "intermediate_size": 224,
    "num_hidden_layers": 4,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 1024,
    "tie_word_embeddings": True,
    "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0},
}
DOCUMENTS, HELD_OUT = 150_000, 1_000
TOKENS_PER_BATCH, TEXTS_PER_BATCH = 2_500, 32
LEARNING_RATE, WARMUP_STEPS = 3e-3, 200


def train_tokenizer(texts: Sequence[str]) -> tokenizers.Tokenizer:
    """A byte-level BPE, as GPT-2 has it."""
    backend = tokenizers.Tokenizer(tokenizers.models.BPE())
    backend.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=SHAPE["vocab_size"],
        special_tokens=SPECIAL,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    return backend


def batches(documents: Sequence[np.ndarray], rng: np.random.Generator) -> list[list[np.ndarray]]:
    """All documents once, those of about the same length together: little of a batch is padding."""
    made = [[]]
    for index in sorted(rng.permutation(len(documents)), key=lambda index: len(documents[index])):
        size = len(made[-1]) + 1
        if size > TEXTS_PER_BATCH or size * len(documents[index]) > TOKENS_PER_BATCH:
            made.append([])
        made[-1].append(documents[index])
    return [made[index] for index in rng.permutation(len(made))]


def padded(batch: Sequence[np.ndarray]) -> dict[str, torch.Tensor]:
    """input_ids and labels, (len(batch), longest). Padding is behind the text, so causal attention never sees it."""
    longest = max(map(len, batch))
    ids = torch.tensor(np.stack([np.pad(ids, (0, longest - len(ids))) for ids in batch]))
    behind = torch.arange(longest) >= torch.tensor([[len(ids)] for ids in batch])
    return {"input_ids": ids, "labels": ids.masked_fill(behind, -100)}


@torch.no_grad()
def mean_loss(model: torch.nn.Module, made: Sequence[list[np.ndarray]]) -> float:
    """Nats for each token, over the batches."""
    losses = [float(model(**padded(batch)).loss) for batch in made]
    return float(np.average(losses, weights=[sum(map(len, batch)) - len(batch) for batch in made]))


def learning_rates(steps: int) -> Iterator[float]:
    """Up in a straight line, then down along a cosine to a twentieth."""
    for step in range(steps):
        done = step / steps
        yield LEARNING_RATE * min((step + 1) / WARMUP_STEPS, 0.525 + 0.475 * math.cos(math.pi * done))


def save(model: transformers.LlamaForCausalLM, backend: tokenizers.Tokenizer, folder: Path) -> None:
    """Write the folder in Hugging Face's format, weights as float16."""
    model.half().save_pretrained(folder)
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token=END_OF_TEXT, additional_special_tokens=SPECIAL[1:]
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder, save_jinja_files=False)
    backend.save(str(folder / "tokenizer.json"), pretty=False)


def main() -> None:
    """Trains and saves; prints the loss, in nats for each token, on the way and on texts that were held out."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "mini_vllm/embedded")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng, start = np.random.default_rng(0), time.monotonic()
    texts = [document(rng) for _ in range(DOCUMENTS)]
    held_out = sorted({document(rng) for _ in range(HELD_OUT)} - set(texts))
    backend = train_tokenizer(texts[:20_000])
    train, test = (
        batches([np.array(encoding.ids) for encoding in backend.encode_batch(some)], rng) for some in (texts, held_out)
    )
    eos = [backend.token_to_id(token) for token in (END_OF_TEXT, END)]
    model = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(**SHAPE, bos_token_id=None, eos_token_id=eos, pad_token_id=eos[0])
    )
    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.95), weight_decay=0.1)
    print(f"{model.num_parameters():,} parameters, {sum(len(ids) for batch in train for ids in batch):,} tokens")
    losses = []
    for batch, rate in zip(train, learning_rates(len(train))):
        optimizer.param_groups[0]["lr"] = rate
        loss = model(**padded(batch)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if len(losses) % 250 == 0 or len(losses) == len(train):
            minutes = (time.monotonic() - start) / 60
            print(f"step {len(losses)}/{len(train)}: {np.mean(losses[-250:]):.4f}, {minutes:.1f} minutes", flush=True)
    save(model, backend, folder)
    saved = transformers.LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    print(f"held out, {len(held_out)} texts, with the weights as saved: {mean_loss(saved, test):.4f}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
