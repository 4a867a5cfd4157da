"""Tokens computed by the turns of a chat, with and without prefix caching."""

from collections.abc import Callable
from typing import Any

from labkit.sliders import sliders
from labkit.style import BLUE, RED, WIDTH, pyplot


class TurnsPlot:
    """A chat whose prompt grows by the same number of tokens each turn, counted by the student's tokens_computed."""

    def __init__(self, tokens_computed: Callable[..., Any]) -> None:
        self.tokens_computed = tokens_computed

    def plot(self, turns: int = 10, growth: int = 100, block_size: int = 16) -> None:
        """Draw the sums over the turns, and print the same as a table."""
        print(f"In words: {self._draw(turns, growth, block_size)}")
        print("turn   prompt   computed without   with   so far without    with")
        rows = self._rows(turns, growth, block_size)
        for turn, (without, cached) in enumerate(rows, start=1):
            before = rows[turn - 2] if turn > 1 else (0, 0)
            own = without - before[0], cached - before[1]
            print(f"{turn:>4}{turn * growth:>9,}{own[0]:>19,}{own[1]:>7,}{without:>17,}{cached:>8,}")

    def sliders(self) -> None:
        """Draw it with a slider for each of its numbers."""
        sliders(
            self._draw,
            turns=([2, 5, 10, 20, 50], 10, lambda n: f"{n} turns"),
            growth=([20, 50, 100, 200, 500], 100, lambda n: f"{n} tokens a turn"),
            block_size=([1, 8, 16, 64, 128, 256], 16, lambda n: f"{n} tokens" if n > 1 else "1 token"),
        )

    def _rows(self, turns: int, growth: int, block_size: int) -> list[tuple[int, int]]:
        """For each turn, the tokens computed up to its end, without caching and with it."""
        lens = [growth * (turn + 1) for turn in range(turns)]
        pairs = (self.tokens_computed(lens[: turn + 1], block_size) for turn in range(turns))
        return [(int(without), int(cached)) for without, cached in pairs]

    def _draw(self, turns: int, growth: int, block_size: int) -> str:
        plt = pyplot()
        rows = self._rows(turns, growth, block_size)
        figure, axes = plt.subplots(figsize=(WIDTH, 4.2), layout="constrained")
        numbers = range(1, turns + 1)
        is_close = rows[-1][0] - rows[-1][1] < 0.16 * rows[-1][0]  # the two labels would overlap
        for column, label, color, marker, side in (
            (0, "without", RED, "o", "bottom"),
            (1, "with prefix caching", BLUE, "s", "top"),
        ):
            values = [row[column] for row in rows]
            axes.plot(numbers, values, color=color, marker=marker, markersize=5, linewidth=2)
            is_low = values[-1] < 0.08 * rows[-1][0]  # half of the label would be below the axis
            place = side if is_close else "bottom" if is_low else "center"
            axes.text(turns, values[-1], f"  {label}:\n  {values[-1]:,}", color=color, va=place, clip_on=False)
        axes.set(xlabel="turn of the chat", ylabel="prompt tokens computed so far", xlim=(0.5, turns * 1.32 + 0.3))
        axes.set_ylim(0, rows[-1][0] * 1.18)
        axes.set_xticks([n for n in numbers if turns <= 10 or n % (turns // 10) == 0])
        axes.yaxis.set_major_formatter(plt.FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.spines[["right", "top"]].set_visible(False)
        plt.show()
        plt.close(figure)
        without, cached = rows[-1]
        times = f" ({without / cached:.1f}x less)" if 0 < cached < without else ""
        return f"{turns} turns compute {without:,} tokens without prefix caching, {cached:,} with it{times}."
