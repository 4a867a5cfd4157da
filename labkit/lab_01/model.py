"""The lab's models: a small Llama that records its calls, and one whose largest logits are tied."""

import dataclasses
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
        lead: np.ndarray = logits.max(axis=-1) - logits[np.arange(num_checked), token_ids[-num_checked:]]
        return lead


@functools.lru_cache(maxsize=32)
def _reference(config: ModelConfig, seed: int) -> OneSequence:
    """The same model once more, so that no check passes through the counter of the student's."""
    return OneSequence(LlamaForCausalLM(config, seed=seed))


class TiedModel(OneSequence):
    """A model in which the tokens i + 2 and i + 5 (modulo the vocabulary) share the largest logit after token i."""

    def __init__(self, vocab_size: int = 11) -> None:
        super().__init__(LlamaForCausalLM(dataclasses.replace(SMALL, vocab_size=vocab_size), seed=1))

    def is_largest(self, text: Sequence[int], token: int) -> bool:
        """Whether `token` is one of the two with the largest logit after `text`."""
        return token % self.config.vocab_size in self._largest(text[-1])

    def forward(self, token_ids: Sequence[int], cache: KVCache | None = None) -> np.ndarray:
        logits = np.zeros_like(super().forward(token_ids, cache))
        for row, token in enumerate(token_ids):
            logits[row, self._largest(token)] = 1.0
        return logits

    def _largest(self, token: int) -> list[int]:
        return [(token + 2) % self.config.vocab_size, (token + 5) % self.config.vocab_size]


def draw_calls(model: RecordingLlama) -> None:
    """Print one row per call of forward, with one square per position that it passed."""
    for number, (length, cache) in enumerate(model.calls, start=1):
        print(f"call {number:2}  {'■' * length:<15} {length:3}  {'no cache' if cache is None else 'cached'}")
    print(f"total {sum(length for length, _ in model.calls):22} units")
