"""One set of logits at three temperatures."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.lab_03.story import Story
from labkit.style import BLUE, GREY, RED, pyplot, show

AS_IT_SHOULD = "a low temperature gathers the probability on the favorites,\na high one spreads it over the vocabulary."
NOT_FLATTER = "the pictures do not become flatter from left to right, as they should:\nrun the test of Exercise 2."


def plot_temperature(
    story: Story, softmax: Callable[..., Any], apply_temperature: Callable[..., Any], shown: int = 8
) -> None:
    """Draw the most likely tokens at three temperatures, each with its entropy, and print the same as a table."""
    plt = pyplot()
    favorites = np.argsort(-story.logits, kind="stable")[:shown]
    figure, panels = plt.subplots(1, 3, figsize=(8.4, 4.2), sharex=True, sharey=True, layout="constrained")
    rows = []
    for axes, temperature, color, hatch in zip(panels, (0.5, 1.0, 2.0), (BLUE, GREY, RED), ("", "//", "..")):
        probs = softmax(apply_temperature(story.logits, temperature)).astype(np.float64)
        bits = -(probs[probs > 0] * np.log2(probs[probs > 0])).sum()
        axes.barh(range(shown), probs[favorites], color=color, hatch=hatch, edgecolor="white")
        for place, token in enumerate(favorites):
            axes.text(probs[token] + 0.02, place, f"{probs[token]:.3f}", va="center", fontsize=11)
        axes.set(title=f"T = {temperature}\n{bits:.2f} bits", xlabel="probability", xlim=(0, 1.2), xticks=(0, 0.5, 1))
        rows.append((temperature, probs[favorites]))
    panels[0].set_yticks(range(shown), [story.label(token) for token in favorites])
    panels[0].invert_yaxis()
    low, middle, high = (probs.max() for _, probs in rows)
    show(AS_IT_SHOULD if low > middle > high else NOT_FLATTER)

    print(f"{'T':>4} " + " ".join(f"{story.label(token):>10}" for token in favorites[:4]) + f"{'these 8':>9}")
    for temperature, probs in rows:
        print(f"{temperature:>4} " + " ".join(f"{p:>10.3f}" for p in probs[:4]) + f"{probs.sum():>9.3f}")
