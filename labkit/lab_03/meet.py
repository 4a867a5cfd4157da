"""The engine's own counters, what a seed promises, and the student's sampler on a downloaded model."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.lab_03.story import Story
from labkit.real_model import real_model
from mini_vllm import SamplingParams

NUM_TOKENS = 16


def meet_the_engine(story: Story, sample: Callable[..., Any], num_others: int = 7) -> None:
    """Serve one seeded request alone and in a batch; then let `sample` drive a downloaded model, if there is one."""
    llm, params = story.llm, SamplingParams(temperature=0.7, top_p=0.9, seed=11, max_tokens=NUM_TOKENS)
    engine = llm.llm_engine
    before = engine.stats.num_steps
    alone = llm.generate(story.text, params, use_tqdm=False)[0].outputs[0]
    middle = engine.stats.num_steps
    others = [SamplingParams(seed=seed, temperature=1.5) for seed in range(num_others)]
    texts = [story.text] * (1 + num_others)
    crowd = llm.generate(texts, [params, *others], use_tqdm=False)[0].outputs[0]
    print(
        f"alone: {middle - before} engine steps; with {num_others} others: {engine.stats.num_steps - middle} steps; ",
        end="",
    )
    print(f"identical tokens: {alone.token_ids == crowd.token_ids}")
    real = real_model(max_model_len=64)
    if real is not None:
        from mini_vllm import OneSequence

        model, ids = OneSequence(real.llm_engine.model), real.get_tokenizer().encode(story.text)
        rng, cache, tokens = np.random.default_rng(params.seed), model.new_cache(), []
        logits = model.forward(ids, cache)[-1]
        for _ in range(NUM_TOKENS):
            tokens.append(sample(logits, params, rng))
            logits = model.forward(tokens[-1:], cache)[-1]
        print(f"SmolLM2, {len(logits):,} logits per token, sampled by you:")
        print(f"  {story.text}{real.get_tokenizer().decode(tokens)!r}")
