"""The lab's models: a small Llama that records its calls, and one whose largest logits are tied."""

import functools
from collections.abc import Sequence

import numpy as np

from mini_vllm import KVCache, LlamaForCausalLM, ModelConfig, OneSequence

# A real Llama, only small: two layers, four query heads that share two KV heads, random weights.
TINY = ModelConfig(
    vocab_size=128,
    hidden_size=64,
    intermediate_size=128,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=1024,
)
# One layer, so that a laptop generates 1,000 tokens without a cache in a second or two.
SMALL = ModelConfig(
    vocab_size=64,
    hidden_size=16,
    intermediate_size=32,
    num_hidden_layers=1,
    num_attention_heads=1,
    max_position_embeddings=1024,
)


class RecordingLlama(OneSequence):
    """A Llama that records what each call of forward passes.

    calls: one pair per call, (number of positions passed, the cache or None).
    """

    def __init__(self, config: ModelConfig = TINY, seed: int = 1) -> None:
        super().__init__(LlamaForCausalLM(config, seed=seed))
        self.seed = seed
        self.calls: list[tuple[int, KVCache | None]] = []

    def forward(self, token_ids: Sequence[int], cache: KVCache | None = None) -> np.ndarray:
        logits = super().forward(token_ids, cache)
        self.calls.append((len(token_ids), cache))
        return logits

    def largest_logit_lead(self, token_ids: list[int], num_checked: int) -> np.ndarray:
        """How far each of the last `num_checked` tokens is below the largest logit at its place, shape (num_checked,).

        One pass over the finished text checks every token; engines verify guessed tokens in the same way.
        """
        logits = _reference(self.config, self.seed).forward(token_ids)[-num_checked - 1 : -1]
        return logits.max(axis=-1) - logits[np.arange(num_checked), token_ids[-num_checked:]]


@functools.lru_cache(maxsize=32)
def _reference(config: ModelConfig, seed: int) -> OneSequence:
    """The same model once more, so that no check passes through the counter of the student's."""
    return OneSequence(LlamaForCausalLM(config, seed=seed))


class TiedModel:
    """After token i, the tokens i + 2 and i + 5 (modulo `vocab_size`) share the largest logit."""

    tokens_processed = 0

    def __init__(self, vocab_size: int = 11) -> None:
        self.vocab_size = vocab_size

    def new_cache(self) -> list:
        return []

    def is_largest(self, text: Sequence[int], token: int) -> bool:
        """Whether `token` is one of the two with the largest logit after `text`."""
        return bool(self.forward(text[-1:])[0, token % self.vocab_size])

    def forward(self, token_ids: Sequence[int], cache=None) -> np.ndarray:
        logits = np.zeros((len(token_ids), self.vocab_size), dtype=np.float32)
        for row, token in enumerate(token_ids):
            logits[row, [(token + 2) % self.vocab_size, (token + 5) % self.vocab_size]] = 1.0
        return logits


def draw_calls(model: RecordingLlama) -> None:
    """Print one row per call of forward, with one square per position that it passed."""
    for number, (length, cache) in enumerate(model.calls, start=1):
        print(f"call {number:2}  {'■' * length:<15} {length:3}  {'no cache' if cache is None else 'cached'}")
    print(f"total {sum(length for length, _ in model.calls):22} units")
