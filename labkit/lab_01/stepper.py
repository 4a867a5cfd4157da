"""The rows of K and V, step by step, without and with a cache: which are computed anew and which are reused."""

from collections.abc import Callable, Sequence
from typing import Any

from labkit.lab_01.model import RecordingLlama
from labkit.sliders import sliders
from labkit.style import BLUE, LIGHT, RED, pyplot, show


class Stepper:
    """Records both of the student's generations on one prompt, to be drawn step by step."""

    def __init__(
        self,
        generate_without_cache: Callable[..., Any],
        generate_with_cache: Callable[..., Any],
        prompt_ids: Sequence[int] = (3, 1, 4),
        new_tokens: int = 5,
    ) -> None:
        slow, fast = RecordingLlama(), RecordingLlama()
        generate_without_cache(slow, list(prompt_ids), new_tokens)
        generate_with_cache(fast, list(prompt_ids), new_tokens)
        self.without = [length for length, _ in slow.calls]
        self.cached = [length for length, _ in fast.calls]
        self.num_steps = len(self.cached)  # with a cache one more: the last token is fed, too
        self.longest = len(prompt_ids) + new_tokens

    def rows(self, step: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """(reused, computed) rows of K and V in a step, counted from 1: without a cache, and with one."""
        without = self.without[step - 1] if step <= len(self.without) else 0
        return (0, without), (sum(self.cached[: step - 1]), self.cached[step - 1])

    def strip(self, steps: Sequence[int] = (1, 2, 3, 4)) -> None:
        """Draw these steps side by side, and print the same as text."""
        plt = pyplot()
        figure, panels = plt.subplots(2, len(steps), figsize=(9.5, 5), layout="constrained")
        for column, step in enumerate(steps):
            for axes, (reused, computed), cache in zip(
                panels[:, column], self.rows(step), ("without a cache", "cached")
            ):
                self._draw(axes, reused, computed, f"step {step}, {cache}")
        show(
            "without a cache every step computes K and V of all tokens again (red, dotted);\nwith one they are "
            "computed once and then reused (blue, hatched)."
        )
        print(f"{'step':>4}  {'without a cache':<22}with a cache")
        for step in range(1, self.num_steps + 1):
            self._print(step)
        self._print_totals()

    def slider(self) -> None:
        """Draw one step, chosen by a slider."""
        sliders(self._draw_step, step=(range(1, self.num_steps + 1), 2, lambda step: f"{step} of {self.num_steps}"))

    def _draw_step(self, step: int) -> str:
        plt = pyplot()
        figure, panels = plt.subplots(1, 2, figsize=(6.4, 3.4), layout="constrained")
        said = []
        for axes, (reused, computed), cache in zip(panels, self.rows(step), ("without a cache", "with a cache")):
            self._draw(axes, reused, computed, cache)
            if reused + computed:
                said.append(f"{cache} {computed} computed, {reused} reused")
            else:
                said.append(f"step {step} feeds the last token; without a cache there is no such step")
                white = {"facecolor": "white", "edgecolor": "none"}
                axes.text(
                    1.125, self.longest / 2 - 0.5, f"no step {step}", ha="center", va="center", fontsize=11, bbox=white
                )
        plt.show()
        plt.close(figure)
        return "rows of K and V: " + "; ".join(said)

    def _draw(self, axes: Any, reused: int, computed: int, title: str) -> None:
        for row in range(self.longest):
            color, hatch = (BLUE, "//") if row < reused else (RED, "..") if row < reused + computed else ("white", "")
            for column in (0, 1.25):
                axes.barh(row, 1, left=column, height=0.8, color=color, hatch=hatch, edgecolor=LIGHT)
        axes.set_title(title, fontsize=11)
        axes.set(xlim=(-0.1, 2.35), ylim=(self.longest - 0.4, -0.6), yticks=[], ylabel="token")
        axes.set_xticks([0.5, 1.75], ["K", "V"])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)

    def _print(self, step: int) -> None:
        texts = ["r" * reused + "C" * computed for reused, computed in self.rows(step)]
        print(f"{step:>4}  {texts[0]:<22}{texts[1]}")

    def _print_totals(self) -> None:
        print("C: computed in this step, r: reused from the cache.")
        print(f"Rows computed: {sum(self.without)} without a cache, {sum(self.cached)} with one.")
