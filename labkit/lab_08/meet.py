"""The student's counts beside the engine's: a chat of five turns, caching on and off, and a preempted request."""

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from labkit.check import quantity
from labkit.lab_08.engine import engine, greedy

BLOCK_SIZE, TURNS, FIRST_LEN, GROWTH, LONG_ANSWER = 16, 5, 40, 33, 12
# With these seeds no two logits are so close that a batch of another shape, which rounds differently, decides.
SEED, SEED_OF_SHORT = 0, 4


def meet_the_engine(
    block_hashes: Callable[..., Any], num_cached_tokens: Callable[..., Any], tokens_computed: Callable[..., Any]
) -> None:
    """Print what the engine and the student's functions say of a chat, and what a preempted request finds."""
    lens = [FIRST_LEN + turn * GROWTH for turn in range(TURNS)]
    without, cached = tokens_computed(list(lens), BLOCK_SIZE)
    known: set[Hashable] = set()

    def by_you(prompt: list[int]) -> str:
        yours = num_cached_tokens(list(prompt), set(known), BLOCK_SIZE)
        known.update(block_hashes(list(prompt), BLOCK_SIZE))
        return f"{yours:>9}"

    print("turn   prompt   found by the engine   by you")
    queries, hits, is_same = _chat(lens, 1, SEED_OF_SHORT, by_you)
    print(f"prefix_cache_queries {queries}, prefix_cache_hits {hits}: ", end="")
    print(f"{queries - hits} computed; you counted {cached} of {without}.")
    print(f"identical tokens with caching on and off: {is_same}")
    print(f"The same lengths, with answers of {LONG_ANSWER} tokens, whose blocks the engine finds as well:")
    queries, hits, is_same = _chat(lens, LONG_ANSWER, SEED)
    print(f"  prefix_cache_hits {hits}: {queries - hits} computed; identical tokens: {is_same}")
    _preempt()


def _chat(
    lens: list[int], answer_len: int, seed: int, by_you: Callable[[list[int]], str] | None = None
) -> tuple[int, int, bool]:
    """Serve a chat with caching on and off: each prompt begins with the prompt before it and that turn's answer.

    Returns the prompt tokens looked up, those found, and whether on and off gave the same tokens. by_you: called with
    each prompt; what it returns ends the line that is printed for the turn.
    """
    rng = np.random.default_rng(seed)
    limits: dict[str, Any] = dict(max_model_len=256, block_size=BLOCK_SIZE, num_blocks=64)
    on, off = engine(**limits), engine(**limits, enable_prefix_caching=False)
    prompt: list[int] = []
    is_same = True
    for turn, length in enumerate(lens, start=1):
        prompt = [*prompt, *rng.integers(5, 1000, length - len(prompt)).tolist()]
        output, other = (llm.generate([prompt], greedy(answer_len), use_tqdm=False)[0] for llm in (on, off))
        is_same = is_same and output.outputs[0].token_ids == other.outputs[0].token_ids
        if by_you is not None:
            print(f"{turn:>4}{len(prompt):>9}{output.num_cached_tokens:>22}{by_you(prompt)}")
        prompt = [*prompt, *output.outputs[0].token_ids]
    stats = on.llm_engine.stats
    return stats.prefix_cache_queries, stats.prefix_cache_hits, is_same


def _preempt(new_tokens: int = 24) -> None:
    """Serve prompts that share nothing, in a cache too small for all of them."""
    rng = np.random.default_rng(SEED)
    prompts = [rng.integers(5, 1000, 20).tolist() for _ in range(4)]
    needed = sum(len(prompt) + new_tokens - 1 for prompt in prompts)
    print(f"4 prompts that share nothing, too many for the cache; {needed} tokens have to be computed:")
    tokens = []
    for label, is_on in (("off", False), ("on", True)):
        llm = engine(num_blocks=39, enable_prefix_caching=is_on)
        outputs = llm.generate(prompts, greedy(new_tokens), use_tqdm=False)
        tokens.append([output.outputs[0].token_ids for output in outputs])
        stats = llm.llm_engine.stats
        again = quantity(stats.num_tokens_processed - needed, "tokens")
        print(f"  caching {label}: {quantity(stats.num_preemptions, 'preemptions')}, {again} computed again")
    print(f"  identical tokens: {tokens[0] == tokens[1]}; a preempted request finds its own blocks again")
