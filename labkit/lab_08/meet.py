"""The student's counts beside the engine's: a chat of five turns, caching on and off, and a preempted request."""

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from labkit.check import quantity
from labkit.lab_08.engine import engine, greedy

BLOCK_SIZE, TURNS, FIRST_LEN, QUESTION_LEN, ANSWER_LEN = 16, 5, 40, 21, 12
SEED = 0  # with which no two logits are so close that a batch of another shape, which rounds differently, decides


def meet_the_engine(
    block_hashes: Callable[..., Any], num_cached_tokens: Callable[..., Any], tokens_computed: Callable[..., Any]
) -> None:
    """Print what the engine and the student's functions say of one chat, and what a preempted request finds."""
    rng = np.random.default_rng(SEED)
    limits: dict[str, Any] = dict(max_model_len=256, block_size=BLOCK_SIZE, num_blocks=64)
    on, off = engine(**limits), engine(**limits, enable_prefix_caching=False)
    prompt: list[int] = rng.integers(5, 1000, FIRST_LEN).tolist()
    known: set[Hashable] = set()
    lens, is_same = [], True
    print("turn   prompt   found by the engine   by you")
    for turn in range(1, TURNS + 1):
        output, other = (llm.generate([prompt], greedy(ANSWER_LEN), use_tqdm=False)[0] for llm in (on, off))
        answer = output.outputs[0].token_ids
        is_same = is_same and answer == other.outputs[0].token_ids
        hashes = list(block_hashes(list(prompt), BLOCK_SIZE))
        yours = num_cached_tokens(hashes, set(known), len(prompt), BLOCK_SIZE)
        print(f"{turn:>4}{len(prompt):>9}{output.num_cached_tokens:>22}{yours:>9}")
        lens.append(len(prompt))
        prompt = [*prompt, *answer]
        known.update(block_hashes(prompt[:-1], BLOCK_SIZE))  # no step has computed the last token's K and V
        prompt = [*prompt, *rng.integers(5, 1000, QUESTION_LEN).tolist()]
    stats = on.llm_engine.stats
    queries, hits = stats.prefix_cache_queries, stats.prefix_cache_hits
    without, cached = tokens_computed(lens, BLOCK_SIZE, ANSWER_LEN)
    print(f"prefix_cache_queries {queries}, prefix_cache_hits {hits}: ", end="")
    print(f"{queries - hits} computed; you counted {cached} of {without}.")
    print(f"identical tokens with caching on and off: {is_same}")
    _preempt()


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
