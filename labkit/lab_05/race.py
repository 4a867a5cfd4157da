"""Two counters that race: one request, computed step by step with the student's functions."""

import textwrap
from collections.abc import Callable
from typing import Any

from labkit.sliders import sliders
from labkit.style import BLUE, GREY, RED, WIDTH, pyplot, show

MAX_STEPS = 400
MOST_COLUMNS = 21
NEVER = "num_computed_tokens never reaches num_tokens, as it should: run the tests of Exercises 1 and 2."


class Race:
    """One request alone.

    preempted_after: after how many sampled tokens it loses its K and V, once; None: never.
    new, computed, known: for each step, the tokens that it computes, and both counters after it.
    sampled: the steps that sampled a token, counted from 1. preempted: the step behind which K and V were lost, or 0.
    """

    def __init__(
        self,
        num_tokens_to_compute: Callable[..., Any],
        is_sampled: Callable[..., Any],
        prompt_len: int = 100,
        budget: int = 16,
        new_tokens: int = 8,
        preempted_after: int | None = None,
    ) -> None:
        self.budget, self.preempted = budget, 0
        self.new: list[int] = []
        self.computed: list[int] = []
        self.known: list[int] = []
        self.sampled: list[int] = []
        known, computed = prompt_len, 0
        while len(self.sampled) < new_tokens and len(self.new) < MAX_STEPS:
            new = int(num_tokens_to_compute(known, computed, budget))
            is_last = bool(is_sampled(known, computed, new))
            computed, known = computed + new, known + is_last
            self.new.append(new)
            self.computed.append(computed)
            self.known.append(known)
            if is_last:
                self.sampled.append(len(self.new))
                if len(self.sampled) == preempted_after:
                    computed, self.preempted = 0, len(self.new)

    @property
    def num_steps(self) -> int:
        return len(self.new)

    @property
    def first_token(self) -> int:
        """The step that sampled the first token; 0 if none did."""
        return self.sampled[0] if self.sampled else 0

    def draw(self, axes: Any, title: str) -> None:
        """Draw both counters as staircases, with a mark for each sampled token."""
        edges = [step + 0.5 for step in range(self.num_steps + 1)]
        axes.stairs(self.known, edges, color=RED, linewidth=2.5, baseline=None)
        axes.stairs(self.computed, edges, facecolor="#d1e3f3", edgecolor="white", fill=True, hatch="//", linewidth=0)
        axes.stairs(self.computed, edges, color=BLUE, linewidth=2.5, baseline=None)
        heights = [self.known[step - 1] for step in self.sampled]
        axes.plot(self.sampled, heights, "D", color=RED, markersize=6, linestyle="none")
        if self.preempted:
            axes.axvline(self.preempted + 0.5, color=GREY, linestyle=":", linewidth=2)
            axes.text(self.preempted + 0.8, max(self.known) * 1.05, "preempted: K, V lost", fontsize=11, va="bottom")
        axes.set(title=title, xlabel="step", xlim=(0.5, self.num_steps + 0.5), ylim=(0, max(self.known) * 1.16))
        axes.set_xticks(range(1, self.num_steps + 1, 1 + self.num_steps // 10))

    def print(self) -> None:
        """Print the counters, one column per step."""
        steps = range(1, min(self.num_steps, MOST_COLUMNS) + 1)
        marks = ["S" if step in self.sampled else "" for step in steps]
        rows = {"step": steps, "computes": self.new, "computed": self.computed}
        for name, row in {**rows, "known": self.known, "sampled": marks}.items():
            print(f"{name:<9}" + "".join(f"{number:>4}" for number, _ in zip(row, steps)))


def plot_races(alone: Race, preempted: Race) -> None:
    """Draw two races side by side, and print their counters."""
    plt = pyplot()
    widths = (alone.num_steps, preempted.num_steps)
    figure, panels = plt.subplots(
        1, 2, figsize=(WIDTH + 1, 4.4), sharey=True, width_ratios=widths, layout="constrained"
    )
    alone.draw(panels[0], f"alone: {alone.num_steps} steps")
    preempted.draw(panels[1], f"preempted once: {preempted.num_steps} steps")
    panels[0].set_ylabel("tokens")
    panels[0].text(0.9, max(alone.known) * 0.97, "num_tokens", color=RED, va="bottom")
    panels[1].text(1, max(alone.known) * 1.05, "◆ a token is sampled", color=RED, va="bottom", fontsize=11)
    middle = (alone.first_token or 8) / 2
    panels[0].text(middle + 2.2, max(alone.known) * 0.25, "num_computed_\ntokens", color=BLUE, va="center")
    climb = (
        f"num_computed_tokens climbs by {alone.budget} a step, reaches num_tokens in step {alone.first_token}, "
        "and from then on both grow by one. After a preemption it starts at 0 and climbs in the same way; "
        "num_tokens keeps what was sampled."
    )
    show(textwrap.fill(climb if alone.first_token else NEVER, 84))
    for name, race in (("alone", alone), ("preempted", preempted)):
        print(f"{name} (S: a token is sampled)")
        race.print()


def explore_race(num_tokens_to_compute: Callable[..., Any], is_sampled: Callable[..., Any]) -> None:
    """One race, with sliders for the prompt, the budget and the number of new tokens."""

    def draw(prompt: int = 100, budget: int = 16, new_tokens: int = 8) -> str:
        plt = pyplot()
        race = Race(num_tokens_to_compute, is_sampled, prompt, budget, new_tokens)
        _, axes = plt.subplots(figsize=(WIDTH, 3.4), layout="constrained")
        race.draw(axes, "num_tokens (red) and num_computed_tokens (blue)")
        axes.set_ylabel("tokens")
        plt.show()
        plt.close("all")
        return f"first token in step {race.first_token}, {race.num_steps} steps in all."

    sliders(
        draw,
        prompt=((5, 20, 50, 100, 200, 500), 100, lambda n: f"{n} tokens"),
        budget=((4, 8, 16, 32, 64, 128, 512), 16, lambda n: f"{n} tokens a step"),
        new_tokens=((1, 2, 8, 32), 8, str),
    )
