"""Plots of the student's functions: work against new tokens, and what each token attends to."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.style import BLUE, RED, pyplot, show


def plot_work(
    work_without_cache: Callable[..., Any],
    work_with_cache: Callable[..., Any],
    prompt_len: int = 5,
    longest: int = 1000,
) -> None:
    """Draw both functions on linear and on log-log axes, and print the rows that answer the prediction."""
    plt = pyplot()
    n = np.arange(1, longest + 1)
    without = np.array([work_without_cache(prompt_len, int(i)) for i in n])
    cached = np.array([work_with_cache(prompt_len, int(i)) for i in n])
    # On log-log axes the slope is the exponent of N, read where N is large against the prompt.
    slopes = [np.polyfit(np.log(n[200:]), np.log(units[200:]), 1)[0] for units in (without, cached)]

    figure, (linear, loglog) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    for axes in (linear, loglog):
        axes.plot(n, without, color=RED, linewidth=2.5)
        axes.plot(n, cached, color=BLUE, linewidth=2.5, linestyle="--")
        axes.grid(alpha=0.3)
    linear.set(title=f"Linear axes, prompt of {prompt_len}", xlabel="new tokens N", ylabel="work (units)")
    linear.yaxis.set_major_formatter("{x:,.0f}")
    linear.text(620, without[700], "without a cache", color=RED, ha="right")
    linear.text(longest, without[-1] * 0.02, "with a cache", color=BLUE, ha="right", va="bottom")
    loglog.set(title="The same on log-log axes", xscale="log", yscale="log")
    loglog.set(xlabel="new tokens N (log scale)", ylabel="work (units, log scale)")
    loglog.text(70, without[110], f"without: slope {slopes[0]:.2f}", color=RED, ha="right", va="bottom")
    loglog.text(longest, cached[100], f"with: slope {slopes[1]:.2f}", color=BLUE, ha="right", va="top")
    show("without a cache the work grows with the square of N, with a cache in proportion to N.")

    hundred = int(n[np.argmax(without >= 100 * cached)])
    print(f"{'P':>6} {'N':>6} {'without':>10} {'with':>8} {'ratio':>8}")
    for p, count in [(5, 10), (5, hundred), (5, 1000), (1000, 10)]:
        a, b = work_without_cache(p, count), work_with_cache(p, count)
        print(f"{p:>6,} {count:>6,} {a:>10,} {b:>8,} {a / b:>7.2f}x")
    print(f"The ratio first reaches 100x at N={hundred}.")


def plot_attention(attention_step: Callable[..., Any], size: int = 8) -> None:
    """Draw the attention weights of `size` tokens, one row per token, computed by the student's attention_step."""
    plt = pyplot()
    # If token t has the value (0 ... 1 ... 0), with the 1 at place t, then out is the row of weights itself.
    rng, cache, weights = np.random.default_rng(0), None, np.zeros((size, size))
    for t in range(size):
        weights[t], cache = attention_step(*rng.normal(size=(2, size)), np.eye(size)[t], cache)
    figure, axes = plt.subplots(figsize=(5.6, 4.6), layout="constrained")
    image = axes.imshow(weights, cmap="Blues", vmin=0, vmax=1)
    for t, row in enumerate(weights):
        for place, weight in enumerate(row):
            text, color = (f"{weight:.2f}" if weight else "·"), ("white" if weight > 0.6 else "black")
            axes.text(place, t, text, ha="center", va="center", fontsize=11, color=color)
    axes.set(title="Attention weights of your attention_step", xlabel="earlier token", ylabel="new token")
    axes.set(xticks=range(size), yticks=range(size))
    figure.colorbar(image, label="attention weight")
    show("each row sums to 1, and every entry above the diagonal is 0: no token attends to a later one.")
    for t, row in enumerate(weights):
        print(f"token {t}:", *(f"{weight:5.2f}" if weight else "    ·" for weight in row), f"  sum {row.sum():.2f}")
    print("largest weight on a later token:", np.triu(weights, 1).max())
