"""The student's generation beside mini_vllm's engine, and against the clock."""

import textwrap
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labkit.lab_01.model import SMALL
from mini_vllm import LlamaForCausalLM, OneSequence, SamplingParams

if TYPE_CHECKING:
    from mini_vllm import LLM


def race(
    generate_without_cache: Callable[..., Any], generate_with_cache: Callable[..., Any], new_tokens: int = 1000
) -> None:
    """Generate a long answer both ways on a one-layer Llama, and print the counts and the clock."""
    slow, fast = (OneSequence(LlamaForCausalLM(SMALL)) for _ in range(2))
    prompt = [3, 1, 4, 1, 5]
    start = time.perf_counter()
    slow_tokens = generate_without_cache(slow, prompt, new_tokens)
    middle = time.perf_counter()
    fast_tokens = generate_with_cache(fast, prompt, new_tokens)
    end = time.perf_counter()
    print(f"{new_tokens:,} new tokens, identical: {slow_tokens == fast_tokens}")
    print(f"  units {slow.tokens_processed:,} against {fast.tokens_processed:,}: ", end="")
    print(f"{slow.tokens_processed / fast.tokens_processed:.0f}x less by count, ", end="")
    print(f"{(middle - start) / (end - middle):.0f}x less on this machine's clock")


def meet_the_engine(
    llm: "LLM",
    text: str,
    generate_with_cache: Callable[..., Any],
    work_with_cache: Callable[..., Any],
    new_tokens: int = 40,
) -> None:
    """Generate with the student's function and with the engine, on one model, and print the units of each."""
    engine = llm.llm_engine
    params = SamplingParams(temperature=0, max_tokens=new_tokens, ignore_eos=True)
    output = llm.generate(text, params, use_tqdm=False)[0]
    stats, model = engine.stats, OneSequence(engine.model)
    yours = generate_with_cache(model, output.prompt_token_ids, new_tokens)
    units, prompt_len = model.tokens_processed, len(output.prompt_token_ids)
    print(f"{prompt_len} prompt tokens, {new_tokens} new ones:")
    print(textwrap.fill(f"{text}{output.outputs[0].text!r}", 90, initial_indent="  ", subsequent_indent="  "))
    print(f"  identical tokens: {yours == output.outputs[0].token_ids}")
    print(f"  yours: {units} units; work_with_cache says {work_with_cache(prompt_len, new_tokens)}")
    print(f"  the engine: {stats.num_tokens_processed} units in {stats.num_steps} steps, one unit less:")
    print("  it stops right after its last sample, without feeding that token")
    llm.generate(text, params, use_tqdm=False)
    again, hits = engine.stats.num_tokens_processed - stats.num_tokens_processed, engine.stats.prefix_cache_hits
    print(f"  asked again, it passes {again} units: {hits} prompt tokens come from its prefix cache")
