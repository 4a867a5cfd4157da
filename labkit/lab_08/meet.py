"""The student's counts beside the engine's: a chat of five turns, caching on and off, and a preempted request."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.lab_08.engine import engine, greedy

ANSWER_LEN, QUESTION_LEN, BLOCK_SIZE = 12, 21, 16
SEED = 0  # with which no two logits are so close that a batch of another shape, which rounds differently, decides
Counts = tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]


def meet_the_engine(
    block_hashes: Callable[..., Any],
    num_cached_tokens: Callable[..., Any],
    tokens_computed: Callable[..., Any],
    turns: int = 5,
) -> None:
    """Print what the engine and the student's functions say of one chat, and what a preempted request finds."""
    rng = np.random.default_rng(SEED)
    llm = engine(max_model_len=256, block_size=BLOCK_SIZE, num_blocks=64)
    off = engine(max_model_len=256, block_size=BLOCK_SIZE, num_blocks=64, enable_prefix_caching=False)
    prompt, known, lens, same = rng.integers(5, 1000, 40).tolist(), set(), [], True
    print("turn   prompt   found by the engine   by you")
    for turn in range(1, turns + 1):
        output = llm.generate([prompt], greedy(ANSWER_LEN), use_tqdm=False)[0]
        same &= (
            off.generate([prompt], greedy(ANSWER_LEN), use_tqdm=False)[0].outputs[0].token_ids
            == output.outputs[0].token_ids
        )
        hashes = block_hashes(list(prompt), BLOCK_SIZE)
        yours = num_cached_tokens(list(hashes), set(known), len(prompt), BLOCK_SIZE)
        print(f"{turn:>4}{len(prompt):>9}{output.num_cached_tokens:>22}{yours:>9}")
        lens.append(len(prompt))
        prompt = [*prompt, *output.outputs[0].token_ids]
        known.update(block_hashes(prompt[:-1], BLOCK_SIZE))  # no step has computed the last token's K and V
        prompt += rng.integers(5, 1000, QUESTION_LEN).tolist()
    stats = llm.llm_engine.stats
    without, cached = tokens_computed(lens, BLOCK_SIZE, ANSWER_LEN)
    print(f"prefix_cache_queries {stats.prefix_cache_queries}, prefix_cache_hits {stats.prefix_cache_hits}: ", end="")
    print(f"{stats.prefix_cache_queries - stats.prefix_cache_hits} computed; you counted {cached} of {without}.")
    print(f"identical tokens with caching on and off: {same}")
    _preempt()


def _preempt() -> None:
    """Serve prompts that share nothing, in a cache too small for all of them."""
    rng = np.random.default_rng(SEED)
    prompts = [rng.integers(5, 1000, 20).tolist() for _ in range(4)]
    new_tokens = 24
    needed = sum(len(prompt) + new_tokens - 1 for prompt in prompts)
    print(f"4 prompts that share nothing, too many for the cache; {needed} tokens have to be computed:")
    texts = []
    for label, is_on in (("off", False), ("on", True)):
        llm = engine(num_blocks=39, enable_prefix_caching=is_on)
        outputs = llm.generate(prompts, greedy(new_tokens), use_tqdm=False)
        texts.append([output.outputs[0].token_ids for output in outputs])
        stats = llm.llm_engine.stats
        again = stats.num_tokens_processed - needed
        print(f"  caching {label}: {stats.num_preemptions} preemptions, {again} tokens computed again")
    print(f"  identical tokens: {texts[0] == texts[1]}; a preempted request finds its own blocks again")
