"""What appending a token changes: nothing in the K and V of earlier tokens, as long as attention is causal."""

import numpy as np

from labkit.lab_01.model import TINY, RecordingLlama
from labkit.style import BLUE, LIGHT, RED, pyplot, show


def plot_score_matrices(num_tokens: int = 4) -> None:
    """Draw the score matrices of two consecutive steps, with the block that they share."""
    plt = pyplot()
    figure, panels = plt.subplots(1, 2, figsize=(8, 3.9), layout="constrained")
    for axes, size in zip(panels, (num_tokens, num_tokens + 1)):
        for row in range(size):
            for column in range(size):
                is_new, is_masked = row >= num_tokens, column > row
                color = "white" if is_masked else RED if is_new else BLUE
                hatch = "" if is_masked else ".." if is_new else "//"
                axes.add_patch(plt.Rectangle((column, row), 1, 1, facecolor=color, edgecolor=LIGHT, hatch=hatch))
                text = "-inf" if is_masked else f"q{row}·k{column}"
                box = None if is_masked else {"facecolor": color, "edgecolor": "none", "pad": 1.5}
                ink = "black" if is_masked else "white"
                axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=11, color=ink, bbox=box)
        axes.add_patch(plt.Rectangle((0, 0), num_tokens, num_tokens, fill=False, edgecolor="black", linewidth=3))
        axes.set(xlim=(-0.1, size + 0.1), ylim=(size + 0.1, -0.1), aspect="equal", title=f"{size} tokens")
        axes.set(xlabel="key", ylabel="query", xticks=[], yticks=[])
    show(
        f"step {num_tokens + 1} repeats the whole block of step {num_tokens} (blue, outlined) and adds one row\n"
        "(red, dotted). The new column is masked for every earlier query."
    )


def measure_causality() -> None:
    """Measure on the Llama, then on bare attention with and without the causal mask, what a new token changes."""
    text = [3, 1, 4, 1, 5, 9, 2, 6]
    model = RecordingLlama()
    shorter, longer = model.new_cache(), model.new_cache()
    model.forward(text[:-1], shorter)
    model.forward(text, longer)
    print("Llama: largest change of an earlier token's K and V after one more token")
    for layer in range(TINY.num_hidden_layers):
        change_k = np.abs(longer.keys(layer)[:-1] - shorter.keys(layer)).max()
        change_v = np.abs(longer.values(layer)[:-1] - shorter.values(layer)).max()
        print(f"  layer {layer}: K {change_k:.1e}, V {change_v:.1e}  (rounding)")
    x = np.random.default_rng(0).normal(size=(8, 4))
    print("Two layers of bare attention: largest change of an earlier token's K")
    for causal in (True, False):
        before, after = _keys_of_two_layers(x[:-1], causal), _keys_of_two_layers(x, causal)
        first, second = (np.abs(a[:-1] - b).max() for a, b in zip(after, before))
        mask = "causal mask" if causal else "no mask"
        print(f"  {mask:<12} layer 0 {first:.1e}, layer 1 {second:.1e}")


def _keys_of_two_layers(x: np.ndarray, causal: bool) -> list[np.ndarray]:
    """K of two bare attention layers that use the hidden states themselves as q, k and v. x: (tokens, d)."""
    keys = []
    for _ in range(2):
        keys.append(x)
        scores = x @ x.T
        if causal:
            scores = np.where(np.tri(len(x), dtype=bool), scores, -np.inf)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        x = x + weights / weights.sum(axis=-1, keepdims=True) @ x
    return keys
