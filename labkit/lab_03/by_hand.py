"""A draw by hand: the line of probabilities, the tokens that each filter removes, and the piece that u hits."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.lab_03.story import Story
from labkit.lab_03.uniform import rng_giving
from labkit.sliders import plain, sliders
from labkit.style import BLUE, RED, pyplot
from mini_vllm import SamplingParams

SHADES = ("#d1e5f0", "#92c5de")  # neighbors are told apart by their shade and a dark edge


def draw_line(probs: Sequence[float], number: float | None = None, width: int = 32) -> None:
    """Print the line from 0 to 1, cut into one piece per token and written with the token's digit.

    width: of the line; a phone wraps what is wider than 40 characters, and the mark would point to another place.
    """
    ends = np.round(np.cumsum(probs) * width).astype(int)
    pieces = [str(token % 10) * (end - start) for token, (start, end) in enumerate(zip([0, *ends], ends))]
    print(f"  0 |{''.join(pieces)}| 1" + ("" if number is None else f"\n     {' ' * int(number * width)}^ {number}"))


class DrawByHand:
    """The steps of one draw from a small vocabulary: the story's most likely next tokens."""

    def __init__(
        self,
        story: Story,
        sample: Callable[..., Any],
        softmax: Callable[..., Any],
        apply_temperature: Callable[..., Any],
        top_k_mask: Callable[..., Any],
        top_p_mask: Callable[..., Any],
        size: int = 8,
    ) -> None:
        self.tokens = np.sort(np.argsort(-story.logits, kind="stable")[:size])  # in vocabulary order
        self.logits, self.labels = story.logits[self.tokens], [story.label(token) for token in self.tokens]
        self.sample, self.softmax, self.apply_temperature = sample, softmax, apply_temperature
        self.top_k_mask, self.top_p_mask = top_k_mask, top_p_mask

    def plot(self, u: float = 0.6, temperature: float = 1.0, top_k: int = 5, top_p: float = 0.8) -> None:
        """Draw the three lines for these values, and print the same as a table."""
        rows, token = self._rows(temperature, top_k, top_p), self._token(u, temperature, top_k, top_p)
        said = self._draw(u, temperature, top_k, top_p)
        print("In words: " + said.replace("; ", ";\n"))
        print(f"{'token':>12} {'T':>8} {'top-k':>8} {'top-p':>8} {'piece of the line':>20}")
        ends = np.cumsum(rows[-1][1])
        for place, label in enumerate(self.labels):
            shares = " ".join(f"{probs[place]:>8.3f}" if probs[place] else f"{0:>8}" for _, probs in rows)
            piece = f"{ends[place] - rows[-1][1][place]:.3f} to {ends[place]:.3f}" if rows[-1][1][place] else "removed"
            print(f"{label:>12} {shares} {piece:>20}{f'  <- u = {u:g}' if place == token else ''}")

    def sliders(self) -> None:
        """Draw it with a slider for u and for each parameter."""
        sliders(
            self._draw,
            u=([i / 20 for i in range(20)] + [0.99], 0.6, lambda u: f"{u:.2f}"),
            temperature=([0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0], 1.0, plain),
            top_k=([0, 1, 2, 3, 4, 5, 6, 7], 5, lambda k: str(k) if k else "off"),
            top_p=([0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0], 0.8, plain),
        )

    def _rows(self, temperature: float, top_k: int, top_p: float) -> list[tuple[str, np.ndarray]]:
        """(step, probabilities after it) for temperature, top-k and top-p, by the student's functions."""
        hot = self.apply_temperature(self.logits, temperature)
        few = self.top_k_mask(hot, top_k)
        steps = {
            f"temperature {temperature:g}": hot,
            f"top_k = {top_k}" if top_k else "top_k off": few,
            f"top_p = {top_p:g}" if top_p < 1 else "top_p off": self.top_p_mask(few, top_p),
        }
        return [(step, self.softmax(logits).astype(np.float64)) for step, logits in steps.items()]

    def _token(self, u: float, temperature: float, top_k: int, top_p: float) -> int:
        params = SamplingParams(temperature=temperature, top_k=top_k, top_p=top_p)
        return int(self.sample(self.logits.copy(), params, rng_giving(u)))

    def _draw(self, u: float, temperature: float, top_k: int, top_p: float) -> str:
        plt = pyplot()
        rows, token = self._rows(temperature, top_k, top_p), self._token(u, temperature, top_k, top_p)
        figure, axes = plt.subplots(figsize=(8, 4.4), layout="constrained")
        removed, before = [], rows[0][1]
        for level, (step, probs) in enumerate(rows):
            gone = [self.labels[i] for i in np.flatnonzero((before > 0) & (probs == 0))]
            removed.append(gone)
            self._draw_row(axes, -level, probs, token if level == len(rows) - 1 else None)
            note = f"{step}" + (f": removes {', '.join(gone)}" if gone else "" if level == 0 else ": removes nothing")
            axes.text(0, -level + 0.36, note, fontsize=11, va="bottom")
            before = probs
        axes.plot([u, u], [-2.55, -1.62], color=RED, linewidth=2.5)
        axes.plot(u, -2.55, marker="^", markersize=11, color=RED)
        side = "left" if u < 0.6 else "right"
        axes.text(
            u + (0.02 if u < 0.6 else -0.02),
            -2.62,
            f"u = {u:.2f} gives {self.labels[token]}",
            color=RED,
            ha=side,
            va="center",
        )
        axes.set(
            xlim=(-0.005, 1.005),
            ylim=(-2.85, 0.75),
            yticks=[],
            xlabel="the line from 0 to 1, pieces in vocabulary order",
        )
        axes.spines[["left", "right", "top"]].set_visible(False)
        plt.show()
        plt.close(figure)
        said = "; ".join(
            f"{name} removes {', '.join(g) or 'nothing'}" for name, g in zip(("top-k", "top-p"), removed[1:])
        )
        return f"{said}; u = {u:.2f} hits the piece of {self.labels[token]}."

    def _draw_row(self, axes: Any, level: float, probs: np.ndarray, hit: int | None) -> None:
        start = 0.0
        for place, share in enumerate(probs):
            if share == 0:
                continue
            is_hit = place == hit
            style = {"facecolor": BLUE, "hatch": "//"} if is_hit else {"facecolor": SHADES[place % 2]}
            axes.barh(
                level, share, left=start, height=0.62, edgecolor="white" if is_hit else "black", linewidth=0.8, **style
            )
            if share > 0.022:  # else the label does not fit, upright or not
                fits = share > 0.01 + 0.012 * len(self.labels[place])
                text_style = {"ha": "center", "va": "center", "fontsize": 11, "rotation": 0 if fits else 90}
                box = {"facecolor": "white", "edgecolor": "none", "pad": 1} if is_hit else None
                axes.text(start + share / 2, level, self.labels[place], bbox=box, **text_style)
            start += share
