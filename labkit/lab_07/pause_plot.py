"""A long prompt arrives beside a request that is decoding: the pause of its reader, at several token budgets."""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from labkit.lab_07.clock import GPU_NAME, MODEL_NAME, RIDGE_TOKENS, TRIP_S, step_seconds
from labkit.lab_07.plan import Plan
from labkit.lab_07.schedulers import planned_by
from labkit.lab_07.stream import Arrival, Served, serve
from labkit.style import BLUE, GREY, LIGHT, RED, WIDTH, pyplot, show

PROMPT_LEN = 2000
BUDGETS = (16, 32, 64, 128, 256, 512, 1024, 2048)
ARRIVES_S = 4.5 * TRIP_S  # between two tokens of the reader


class Pause:
    """One reader and one long prompt, served by the student's schedule, and timed by the student's longest_gap."""

    def __init__(self, schedule: Callable[..., Any], longest_gap: Callable[..., Any]) -> None:
        self._schedule, self._longest_gap = schedule, longest_gap
        self._served = functools.cache(self._serve)

    def ms(self, budget: int) -> float:
        """The reader's longest pause in milliseconds, on the clock of the lab."""
        run = self._served(budget)
        return 1000 * float(self._longest_gap(run.plans, "reader", run.seconds))

    def tokens(self, budget: int) -> float:
        """The same pause in tokens of work: a step is as long as the tokens in it."""
        run = self._served(budget)
        work = [float(sum(tokens for _, tokens in plan)) for plan in run.plans]
        return float(self._longest_gap(run.plans, "reader", work))

    def first_token_ms(self, budget: int) -> float:
        """The time from the long prompt's arrival to its first token."""
        return 1000 * (self._served(budget).token_times_s["prompt"][0] - ARRIVES_S)

    def plans(self, budget: int) -> list[Plan]:
        """What the student's schedule planned for each step."""
        return self._served(budget).plans

    def strips(self, budgets: Sequence[int] = (2048, 256, 64)) -> None:
        """Draw the steps one after the other on a line of time, with the reader's tokens."""
        for budget in budgets:
            self.ms(budget)  # a function that is not written yet fails before an empty picture is shown
        plt = pyplot()
        _, axes = plt.subplots(figsize=(WIDTH, 4.4), layout="constrained")
        for row, budget in enumerate(budgets):
            self._draw_strip(axes, row, budget)
        axes.set(yticks=range(len(budgets)), yticklabels=[f"{budget:,} tokens\na step" for budget in budgets])
        axes.set(xlabel="milliseconds since the long prompt arrived", ylim=(len(budgets) - 0.4, -0.75), xlim=(-36, 305))
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.set_title("dots: tokens of the reader; hatched: steps that compute the prompt", fontsize=12, loc="left")
        show("with a budget of 2,048 one long step holds the reader up; small steps do not.")
        print(f"A prompt of {PROMPT_LEN:,} tokens beside one reader, a clock of {MODEL_NAME} on an {GPU_NAME}:")
        print(f"{'budget':>7}{'steps for the prompt':>22}{'longest pause':>17}")
        for budget in budgets:
            steps = sum(_computes_prompt(plan) for plan in self.plans(budget))
            print(f"{budget:>7,}{steps:>22}{self.ms(budget):>14.1f} ms")

    def curve(self) -> None:
        """Draw the pause, and the wait for the prompt's first token, against the budget."""
        pauses = [self.ms(budget) for budget in BUDGETS]
        waits = [self.first_token_ms(budget) for budget in BUDGETS]
        plt = pyplot()
        _, axes = plt.subplots(figsize=(WIDTH, 4.4), layout="constrained")
        axes.loglog(BUDGETS, pauses, "o-", color=BLUE, linewidth=2.5, markersize=8)
        axes.loglog(BUDGETS, waits, "s--", color=RED, linewidth=2.5, markersize=8)
        axes.text(20, pauses[0] * 1.2, "the reader's longest pause", color=BLUE)
        axes.text(200, waits[4] * 1.25, "the prompt's time to first token", color=RED)
        axes.axvline(RIDGE_TOKENS, color=GREY, linestyle=":", linewidth=1.5)
        axes.text(RIDGE_TOKENS * 1.06, max(waits) * 0.95, f"ridge: {RIDGE_TOKENS:.0f} tokens", color=GREY)
        axes.set_xticks(BUDGETS, [f"{budget:,}" for budget in BUDGETS])
        axes.set_xticks([], minor=True)
        ticks = (10, 20, 50, 100, 200, 500, 1000)
        axes.set_yticks(ticks, [f"{tick:,}" for tick in ticks])
        axes.set_yticks([], minor=True)
        axes.set(xlabel="max_num_batched_tokens (log scale)", ylabel="milliseconds (log scale)")
        axes.grid(alpha=0.3)
        show(
            "below the ridge a larger budget is free for the reader and speeds the prompt up;\n"
            "above it the reader's pause grows with the budget, and the prompt gains little."
        )
        print(f"{'budget':>7}{'longest pause':>16}{'time to first token':>22}")
        for budget, pause, wait in zip(BUDGETS, pauses, waits):
            print(f"{budget:>7,}{pause:>13.1f} ms{wait:>19,.1f} ms")

    def _serve(self, budget: int) -> Served:
        reader = Arrival("reader", 0.0, 8, math.ceil(PROMPT_LEN / (budget - 1)) + 10)
        arrivals = [reader, Arrival("prompt", ARRIVES_S, PROMPT_LEN, 2)]
        return serve(arrivals, planned_by(self._schedule), step_seconds, max_num_batched_tokens=budget, max_num_seqs=8)

    def _draw_strip(self, axes: Any, row: int, budget: int) -> None:
        run = self._served(budget)
        for plan, seconds, end in zip(run.plans, run.seconds, run.ends_s):
            look = (
                {"facecolor": "#fddbc7", "hatch": "///", "edgecolor": RED}
                if _computes_prompt(plan)
                else {"facecolor": LIGHT}
            )
            left = 1000 * (end - seconds - ARRIVES_S)
            axes.barh(row, 1000 * seconds, left=left, height=0.42, linewidth=0.8, **({"edgecolor": "white"} | look))
        times = [1000 * (time - ARRIVES_S) for time in run.token_times_s["reader"]]
        axes.plot(times, [row] * len(times), "o", color=BLUE, markersize=5)
        axes.text(0, row - 0.27, f"longest pause {self.ms(budget):.1f} ms", color=BLUE, va="bottom")


def _computes_prompt(plan: Plan) -> bool:
    """Whether a step has a part of the long prompt; behind it, this request decodes."""
    return dict(plan).get("prompt", 0) > 1
