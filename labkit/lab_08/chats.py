"""Three chats that begin alike, and what the small model's K and V say about sharing them."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mini_vllm.tokenizer import Tokenizer

SYSTEM = "Once upon a time there was a little fox who lived near the river. "
CHATS = {
    "Ana": SYSTEM + "She met an old bear. The bear said: I am hungry.",
    "Ana again": SYSTEM + "She met an old bear. The bear said: I am hungry. The fox gave him a fish.",
    "Ben": SYSTEM + "He had a big dog. The bear said: I am hungry.",
}


@functools.cache
def _tokenizer() -> "Tokenizer":
    from mini_vllm import LLM

    return LLM(max_model_len=64).get_tokenizer()


@dataclass(frozen=True)
class Chats:
    """Prompts by name, as token ids."""

    prompts: dict[str, list[int]]

    def text(self, token_ids: Sequence[int]) -> str:
        """Tokens as text."""
        return str(_tokenizer().decode(list(token_ids)))


def read_chats() -> Chats:
    """The three chats; prints how long each of them is."""
    chats = Chats({name: _tokenizer().encode(text) for name, text in CHATS.items()})
    print("tokens:", ", ".join(f"{name} {len(ids)}" for name, ids in chats.prompts.items()))
    return chats


def keys_differ(one: Sequence[int], other: Sequence[int], start: int, end: int) -> list[float]:
    """By how much K of tokens start to end differs between two prompts: the largest difference in each layer."""
    from mini_vllm import LLM, OneSequence

    model = OneSequence(LLM(max_model_len=64).llm_engine.model)
    caches = []
    for ids in (one, other):
        caches.append(model.new_cache())
        model.forward(ids, caches[-1])
    layers = range(model.config.num_hidden_layers)
    first, second = ([cache.keys(layer)[start:end] for layer in layers] for cache in caches)
    return [float(np.abs(a - b).max()) for a, b in zip(first, second)]
