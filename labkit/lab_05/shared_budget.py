"""Three requests that share a budget, computed by the engine with the student's step."""

import textwrap
from collections.abc import Callable
from typing import Any

from labkit.check import check
from labkit.lab_05.engines import recorded, waiting_requests
from labkit.lab_05.recording import Step
from labkit.lab_05.step import ENGINE_STEP, StepCall
from labkit.lab_05.watched import WatchedStages
from labkit.style import BLUE, GREY, RED, WIDTH, pyplot, show

COLORS = (BLUE, "#c2660c", "#3c8d46")
HATCHES = ("//", "..", "xx")
NUM_BLOCKS = 64  # of 4 tokens: room for all, so that nobody is preempted


def steps_of(engine_step: Callable[..., Any], budget: int, requests: dict[str, tuple[int, int]]) -> list[Step]:
    """The steps that serve the requests. Raises: CheckFailed, as in the exercise's test."""
    engine = waiting_requests(budget, NUM_BLOCKS, requests)
    stages, step = WatchedStages(engine), check(engine_step, ENGINE_STEP)
    while engine.has_unfinished_requests():
        call = step(stages)
        assert isinstance(call, StepCall)
        call.sampled()
    return recorded(engine)


def plot_shared_budget(engine_step: Callable[..., Any], budget: int = 16, **requests: tuple[int, int]) -> None:
    """Draw both counters of each request, and below how the steps share the budget; print the same as a table."""
    requests = requests or {"a": (44, 14), "b": (20, 8), "c": (30, 6)}
    steps = steps_of(engine_step, budget, requests)
    plt = pyplot()
    figure, panels = plt.subplots(
        len(requests) + 1, 1, figsize=(WIDTH, 1.5 * len(requests) + 2), sharex=True, layout="constrained"
    )
    bottom = [0] * len(steps)
    for axes, name, color, hatch in zip(panels, requests, COLORS, HATCHES):
        _draw_counters(axes, steps, name, color, hatch)
        axes.set_title(f"{name}: a prompt of {requests[name][0]} tokens, {requests[name][1]} new ones", fontsize=12)
        new = [step.new.get(name, 0) for step in steps]
        panels[-1].bar(range(1, len(steps) + 1), new, 0.9, bottom, color=color, hatch=hatch, edgecolor="white")
        bottom = [low + height for low, height in zip(bottom, new)]
    top = max(steps[0].known.values())
    panels[0].text(0.7, top * 1.25, "num_tokens (◆: a token is sampled)", color=RED, va="bottom", fontsize=11)
    panels[0].text(4.5, top * 0.45, "num_computed_tokens", color=COLORS[0], fontsize=11, backgroundcolor="white")
    panels[-1].axhline(budget, color=GREY, linestyle="--")
    panels[-1].text(len(steps) + 0.4, budget, f"budget {budget}", va="bottom", ha="right", color=GREY)
    panels[-1].set(
        xlabel="step",
        ylabel="tokens",
        ylim=(0, budget * 1.4),
        xlim=(0.5, len(steps) + 0.5),
    )
    panels[-1].set_title("what each step computes", fontsize=12)
    panels[-1].set_xticks(range(1, len(steps) + 1, 1 + len(steps) // 12))
    show(_in_words(steps, requests, budget))
    print(f"{'tokens computed in step':<24}" + "".join(f"{number:>4}" for number in range(1, len(steps) + 1)))
    for name, (prompt_len, new_tokens) in requests.items():
        row = "".join(f"{_cell(step, name):>4}" for step in steps)
        print(f"{f'{name}: {prompt_len} prompt, {new_tokens} new':<24}{row}")
    print("S: a token is sampled as well.")


def _draw_counters(axes: Any, steps: list[Step], name: str, color: str, hatch: str) -> None:
    there = [number for number, step in enumerate(steps, start=1) if name in step.new]
    edges = [there[0] - 0.5, *(number + 0.5 for number in there)]
    mine = [steps[number - 1] for number in there]
    computed = [step.computed[name] + step.new[name] for step in mine]
    known = [step.known[name] + step.closes(name) for step in mine]
    axes.stairs(known, edges, color=RED, linewidth=2.5, baseline=None)
    axes.stairs(computed, edges, color=color, fill=True, alpha=0.2, linewidth=0)
    axes.stairs(computed, edges, edgecolor="white", facecolor="none", fill=True, hatch=hatch, linewidth=0)
    axes.stairs(computed, edges, color=color, linewidth=2.5, baseline=None)
    sampled = [(number, height) for number, step, height in zip(there, mine, known) if step.closes(name)]
    axes.plot(*zip(*sampled), "D", color=RED, markersize=5, linestyle="none")
    axes.set(ylim=(0, max(known) * 1.25), ylabel="tokens")


def _cell(step: Step, name: str) -> str:
    if name not in step.new:
        return "."
    return f"{step.new[name]}{'S' if step.closes(name) else ''}"


def _in_words(steps: list[Step], requests: dict[str, tuple[int, int]], budget: int) -> str:
    said = []
    for name in requests:
        first = next(number for number, step in enumerate(steps, start=1) if name in step.new and step.closes(name))
        last = max(number for number, step in enumerate(steps, start=1) if name in step.new)
        said.append(f"{name} gets its first token in step {first} and its last in step {last}")
    full = sum(sum(step.new.values()) == budget for step in steps)
    return textwrap.fill(f"{'; '.join(said)}. {full} of {len(steps)} steps use the whole budget.", 84)
