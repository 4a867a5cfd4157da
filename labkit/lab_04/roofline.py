"""The roofline of a card with decode and prefill on it, and the ridges of the cards that we know."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit import style
from labkit.lab_04.cards import GIB, card, needed_bytes, users_that_fit
from labkit.specs import GPU_SPECS

STEPS = [  # name, tokens in the step, marker, where its label goes: points right and up, horizontal alignment
    ("decode, 1 user", 1, "o", (14, -4), "left"),
    ("decode, 32 users", 32, "s", (-14, 0), "right"),
    ("decode, 156 users", 156, "D", (10, -52), "left"),
    ("prefill, 2,048 tokens", 2048, "^", (0, -26), "center"),
]


def plot_roofline(
    ridge_point: Callable[..., Any],
    arithmetic_intensity: Callable[..., Any],
    is_compute_bound: Callable[..., Any],
    compute_utilization: Callable[..., Any],
    name: str = "A100",
) -> None:
    """Draw what a card can compute at most against FLOPs per byte, with four steps at 16-bit weights."""
    plt = style.pyplot()
    figures, spec = card(name), GPU_SPECS[name]
    peak = figures["peak_flops"] / 1e12

    def attainable(tokens: int, bytes_per_param: float = 2) -> float:
        share: float = compute_utilization(tokens, bytes_per_param, *figures.values())
        return peak * share

    ridge = ridge_point(*figures.values())
    # One token at 2/x bytes per parameter is x FLOPs per byte.
    widths = [2 / x for x in np.geomspace(0.8, 8192, 300).tolist()]
    _, axes = plt.subplots(figsize=(style.WIDTH, 5), layout="constrained")
    axes.loglog([arithmetic_intensity(1, w) for w in widths], [attainable(1, w) for w in widths], "k", linewidth=2.5)
    axes.axvline(ridge, color=style.GREY, linestyle=":", linewidth=1.5)
    axes.text(ridge * 1.1, 1.2, f"ridge: {ridge:.0f} FLOPs/byte", color=style.GREY)
    axes.text(ridge / 1.15, peak * 2, "memory-bound", ha="right", color=style.RED)
    axes.text(ridge * 1.15, peak * 2, "compute-bound", color=style.BLUE)
    rows = []
    for text, tokens, marker, offset, align in STEPS:
        is_right = is_compute_bound(tokens, 2, *figures.values())
        colour = style.BLUE if is_right else style.RED
        x, y = arithmetic_intensity(tokens), attainable(tokens)
        axes.plot(x, y, marker, markersize=11, color=colour)
        axes.annotate(text, (x, y), offset, textcoords="offset points", ha=align, color=colour)
        side = "compute-bound" if is_right else "memory-bound"
        rows.append(f"{text:<24}{x:>11,.0f}{y:>9.0f}{y / peak:>13.2%}   {side}")
    axes.set(xlabel="FLOPs per byte of weights (log scale)", ylabel="TFLOP/s at most (log scale)")
    axes.set(xlim=(0.7, 1.1e4), ylim=(0.8, peak * 4))
    axes.set_title(f"Roofline of the {spec.name}: weights only, 16 bits, log-log", fontsize=12)
    axes.grid(alpha=0.3)
    style.show(
        "the roof rises with the FLOPs per byte up to the ridge and is flat beyond it.\n"
        "Decode of one user is at its foot, 156 users reach the ridge, and a prefill of 2,048\n"
        "tokens is far to the right. Only the weights count here, not the KV cache."
    )
    print(f"{'step':<24}{'FLOPs/byte':>11}{'TFLOP/s':>9}{'of the peak':>13}   side", *rows, sep="\n")


def compare_cards(
    ridge_point: Callable[..., Any], critical_batch_size: Callable[..., Any], context: int = 2048
) -> None:
    """Print for each card its ridge, its weights-only critical batch, and whether that batch has room."""
    print(f"\nLlama-3-8B in 16 bits, contexts of {context:,} tokens. Ridge and batch count weights only.")
    print(f"{'card':<19}{'TFLOP/s':>8}{'GB/s':>7}{'ridge':>7}{'batch':>7}{'GiB needed':>12}{'GiB there':>11}   room?")
    for name, spec in GPU_SPECS.items():
        figures = card(name).values()
        batch = int(critical_batch_size(*figures))
        needed = needed_bytes(batch, context)
        room = "yes" if needed <= spec.memory_bytes else f"for {users_that_fit(spec, context)} users"
        print(
            f"{spec.name:<19}{spec.peak_flops / 1e12:>8.1f}{spec.bandwidth_bytes_per_s / 1e9:>7,.0f}"
            f"{ridge_point(*figures):>7.1f}{batch:>7}{needed / GIB:>12.1f}{spec.memory_bytes / GIB:>11.1f}   {room}"
        )
    in_bits = [critical_batch_size(*card("A100").values(), bits / 8) for bits in (16, 8, 4)]
    print("A100, weights of 16, 8 and 4 bits, multiplied in 16: critical batch", *in_bits)
