"""The nucleus: the most likely tokens, their running sum, and the token that crosses p."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.lab_03.story import Story
from labkit.sliders import plain, sliders
from labkit.style import BLUE, LIGHT, RED, pyplot


class Nucleus:
    """What the student's filters keep of the story's next token."""

    def __init__(
        self,
        story: Story,
        softmax: Callable[..., Any],
        apply_temperature: Callable[..., Any],
        top_k_mask: Callable[..., Any],
        top_p_mask: Callable[..., Any],
    ) -> None:
        self.story, self.softmax = story, softmax
        self.apply_temperature, self.top_k_mask, self.top_p_mask = apply_temperature, top_k_mask, top_p_mask

    def kept(self, temperature: float, top_p: float, top_k: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """(probabilities before top-p, whether a token stays), each of shape (V,)."""
        logits = self.top_k_mask(self.apply_temperature(self.story.logits, temperature), top_k)
        return self.softmax(logits).astype(np.float64), self.top_p_mask(logits, top_p) > -np.inf

    def size(self, temperature: float, top_p: float) -> int:
        """How many tokens stay."""
        return int(self.kept(temperature, top_p)[1].sum())

    def plot(self, temperature: float = 0.7, top_p: float = 0.9) -> None:
        """Draw the first tokens, and print a table of them."""
        said = self._draw(temperature, 0, top_p)
        print("In words: hatched tokens stay, up to the one whose bar lifts the running sum to p.")
        print(f"The others get -inf. {said}")
        probs, stays = self.kept(temperature, top_p)
        order = probs.argsort()[::-1][:6]
        print(f"{'token':>12} {'probability':>12} {'running sum':>12}")
        for token, total in zip(order, np.cumsum(probs[order])):
            print(
                f"{self.story.label(token):>12} {probs[token]:>12.3f} {total:>12.3f}{'  stays' if stays[token] else ''}"
            )

    def sliders(self) -> None:
        """Draw it again with a slider for each parameter."""
        sliders(
            self._draw,
            temperature=([0.1, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0], 1.0, plain),
            top_k=([0, 1, 2, 4, 8, 12, 20], 8, lambda k: str(k) if k else "off"),
            top_p=([0.05, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0], 0.7, plain),
        )

    def _draw(self, temperature: float, top_k: int, top_p: float, shown: int = 10) -> str:
        plt = pyplot()
        probs, stays = self.kept(temperature, top_p, top_k)
        order = probs.argsort()[::-1]
        sums, crossing = np.cumsum(probs[order]), int(stays.sum()) - 1  # the last that stays crosses p
        figure, axes = plt.subplots(figsize=(8, 4.6), layout="constrained")
        bars = order[: min(shown, (probs > 0).sum())]  # what top-k removed has none
        for place, token in enumerate(bars):
            style = {"color": BLUE, "hatch": "//"} if stays[token] else {"color": LIGHT}
            axes.bar(place, probs[token], edgecolor="white", **style)
        axes.plot(range(len(bars)), sums[: len(bars)], color="black", marker="o", markersize=4)
        axes.axhline(top_p, color=RED, linestyle="--")
        axes.text(1.01, top_p, f"p = {top_p:g}", color=RED, va="center", transform=axes.get_yaxis_transform())
        word = self.story.label(order[crossing])
        if crossing < shown and top_p < 1:
            self._mark(axes, crossing, sums[crossing], f"{word} crosses p: {sums[crossing]:.4f}", shown)
        setting = f"T={temperature:g}, top_k={top_k}, top_p={top_p:g}"
        axes.set_title(
            f"{setting}: {crossing + 1:,} of {len(probs):,} tokens {'stays' if crossing == 0 else 'stay'}", fontsize=12
        )
        axes.set(ylabel="probability; line: running sum", ylim=(0, 1.18), xlim=(-0.6, shown - 0.4))
        axes.set_xlabel(f"tokens, most probable first (the first {len(bars)})")
        axes.set_xticks(range(len(bars)), [self.story.label(token) for token in bars], rotation=30, ha="right")
        plt.show()
        plt.close(figure)
        which = f"number {crossing + 1:,}, {word}," if top_p < 1 else "none"
        stay = "1 token stays" if crossing == 0 else f"{crossing + 1:,} tokens stay"
        return f"{stay}; {which} crosses p: running sum {sums[crossing]:.4f}."

    @staticmethod
    def _mark(axes: Any, place: int, total: float, label: str, shown: int) -> None:
        axes.plot(place, total, marker="D", markersize=11, color=RED, markeredgecolor="black", zorder=5)
        is_left, is_low = place < shown / 2, total < 0.2  # below a low mark are the labels of the bars
        axes.annotate(
            label,
            (place, total),
            xytext=(20 if is_left else -20, 16 if is_low else -14),
            textcoords="offset points",
            ha="left" if is_left else "right",
            va="bottom" if is_low else "top",
            color=RED,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.7},
        )
