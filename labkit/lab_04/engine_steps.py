"""What mini_vllm's own counters say about each step of a workload."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.lab_04.machine import step_seconds
from mini_vllm import SamplingParams

if TYPE_CHECKING:
    from mini_vllm import LLM

SHOWN = 5  # kinds of steps that are printed


def show_steps(
    title: str,
    arithmetic_intensity: Callable[..., Any],
    llm: "LLM",
    users: int = 1,
    prompt_len: int = 32,
    new_tokens: int = 8,
    late_prompt_len: int = 0,
) -> None:
    """Serve random prompts together, and print one line per run of steps with equally many tokens.

    late_prompt_len: the length of one more prompt, which arrives after the sixth step; 0 for none.
    """
    engine, steps, most_running = llm.llm_engine, [], 0
    rng = np.random.default_rng(0)
    params = SamplingParams(temperature=0, max_tokens=new_tokens, ignore_eos=True)
    for user in range(users):
        engine.add_request(f"user-{user}", rng.integers(5, 1000, prompt_len).tolist(), params)
    while engine.has_unfinished_requests():
        before = engine.stats.num_tokens_processed
        engine.step()
        steps.append(engine.stats.num_tokens_processed - before)
        most_running = max(most_running, engine.stats.num_running_reqs)
        if len(steps) == 6 and late_prompt_len:
            engine.add_request("late", rng.integers(5, 1000, late_prompt_len).tolist(), params)
    print(f"{title} (at most {most_running} at once)")
    _print_runs(steps, arithmetic_intensity)


def _print_runs(steps: Sequence[int], arithmetic_intensity: Callable[..., Any]) -> None:
    starts = [i for i, tokens in enumerate(steps) if i == 0 or steps[i - 1] != tokens] + [len(steps)]
    for start, end in list(zip(starts, starts[1:]))[:SHOWN]:
        intensity, unit = arithmetic_intensity(steps[start], 4), "token " if steps[start] == 1 else "tokens"
        print(f"  {end - start:>3} x {steps[start]:>5} {unit} in a step: {intensity:>6.1f} FLOPs per byte")
    if len(starts) > SHOWN + 1:
        print(f"  and {len(steps) - starts[SHOWN]} more steps")


def time_real_model(llm: "LLM | None", max_decode_tokens_per_second: Callable[..., Any], bandwidth: float) -> None:
    """Print the speed of one user with a downloaded model, and the ceiling at `bandwidth`; nothing without a model."""
    if llm is None:
        return
    engine = llm.llm_engine
    fastest = step_seconds(engine, users=1, prompt_len=64, new_tokens=8)[1]
    n_params = sum(weight.size for weight in engine.model.weights.values())
    ceiling = max_decode_tokens_per_second(n_params, 4, bandwidth)
    print(f"The downloaded model: {1 / fastest:.0f} tokens per second measured, your ceiling is {ceiling:.0f}.")
