"""The student's rules beside the engine's own counters, and the student's step on a downloaded model."""

import textwrap
from collections.abc import Callable
from typing import Any

from labkit.lab_05.engines import TEXT, add_requests, new_engine, small_model
from labkit.lab_05.race import Race
from labkit.lab_05.serve import MAX_MODEL_LEN, STREAM, served_by_the_engine
from labkit.lab_05.stages import Stages
from labkit.real_model import real_model
from mini_vllm import SamplingParams

RACES = ((100, 16, 8), (100, 64, 8), (9, 16, 3), (64, 16, 1))


def meet_the_engine(
    num_tokens_to_compute: Callable[..., Any],
    is_sampled: Callable[..., Any],
    finish_reason: Callable[..., Any],
    engine_step: Callable[..., Any],
) -> None:
    """Compare the steps to the first and the last token, then the finish reasons; then serve a downloaded model."""
    print(f"{'prompt':>6}{'budget':>8}{'new':>5}   first token, all steps:  yours    LLMEngine")
    for prompt_len, budget, new_tokens in RACES:
        race = Race(num_tokens_to_compute, is_sampled, prompt_len, budget, new_tokens)
        engine = new_engine(max_num_batched_tokens=budget)
        add_requests(engine, {"a": (prompt_len, new_tokens)})
        first = 0
        while engine.has_unfinished_requests():
            is_first = bool(engine.step()) and not first
            first = engine.stats.num_steps if is_first else first
        yours, own = f"{race.first_token}, {race.num_steps}", f"{first}, {engine.stats.num_steps}"
        print(f"{prompt_len:>6}{budget:>8}{new_tokens:>5}{yours:>33}{own:>13}")
    served = served_by_the_engine()
    eos = frozenset(small_model()[0].config.eos_token_ids)
    found = {
        name: finish_reason(list(tokens), len(served.prompts[name]), STREAM[name][2], eos, MAX_MODEL_LEN)
        for name, tokens in served.tokens.items()
    }
    print("Finish reasons of the stream above, yours and the engine's:")
    pairs = ", ".join(f"{name}={reason}/{served.reasons[name]}" for name, reason in found.items())
    print(textwrap.fill(pairs, 90, initial_indent="  ", subsequent_indent="  "))
    _on_a_real_model(engine_step)


def _on_a_real_model(engine_step: Callable[..., Any], new_tokens: int = 4) -> None:
    llm = real_model(max_model_len=128, max_num_batched_tokens=32)  # few passes: each reads all weights
    if llm is None:
        return
    engine = llm.llm_engine
    engine.add_request("a", TEXT, SamplingParams(temperature=0, max_tokens=new_tokens))
    request, num_steps, stages = engine.scheduler.requests["a"], 0, Stages(engine)
    while engine.has_unfinished_requests():
        engine_step(stages)
        num_steps += 1
    print(f"SmolLM2, {len(request.prompt_token_ids)} prompt tokens, {num_steps} of your steps:")
    print(f"  {llm.get_tokenizer().decode(request.output_token_ids)!r}")
