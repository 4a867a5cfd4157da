"""A measured roofline with mini_vllm's steps on it, beside a recorded one."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit import style
from labkit.lab_04.machine import STEPS, Measured
from labkit.lab_04.recorded import recorded

BYTES_PER_PARAM = 4  # the engine computes in float32


def plot_machine(
    measured: Measured,
    ridge_point: Callable[..., Any],
    arithmetic_intensity: Callable[..., Any],
    compute_utilization: Callable[..., Any],
    max_decode_tokens_per_second: Callable[..., Any],
) -> None:
    """Draw a measurement and the recorded one side by side, print them, and say what casts doubt on the first."""
    plt = style.pyplot()
    both = (measured, recorded())
    _, panels = plt.subplots(1, 2, figsize=(style.WIDTH, 4.4), sharey=True, layout="constrained")
    for panel, one in zip(panels, both):
        roof = _roof(one, compute_utilization)
        widths = [2 / x for x in np.geomspace(0.4, 300, 200).tolist()]
        x_of = [arithmetic_intensity(1, width) for width in widths]
        panel.loglog(x_of, [roof(1, width) / 1e9 for width in widths], "k", linewidth=2.5)
        for tokens in STEPS:
            colour, marker = (style.BLUE, "^") if tokens == 128 else (style.RED, "o")
            x, y = arithmetic_intensity(tokens, BYTES_PER_PARAM), one.flops(tokens) / 1e9
            panel.plot(x, y, marker, markersize=9, color=colour)
            panel.annotate(tokens, (x, y), (0, -19), textcoords="offset points", ha="center", color=colour, fontsize=11)
        panel.set_title(one.where, fontsize=12)
        panel.set(xlabel="FLOPs per byte (log scale)", xlim=(0.3, 400))
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("GFLOP/s (log scale)")
    low, high = panels[0].get_ylim()
    panels[0].set_ylim(low / 1.8, high * 1.3)
    style.show(
        "measured roofs, and below them mini_vllm's steps with their numbers of tokens:\n"
        "decode of 1 to 64 users (circles) and a prefill of 128 tokens (triangle). More tokens\n"
        "in a step move it to the right, and up as long as it is on the slope."
    )
    for one in both:
        _print(one, ridge_point, arithmetic_intensity, compute_utilization)
    ceiling = max_decode_tokens_per_second(measured.n_params, BYTES_PER_PARAM, measured.bandwidth)
    print(f"One user: {1 / min(measured.steps[1]):.0f} tokens per second measured; your ceiling is {ceiling:.0f}.")
    _print_doubts(measured.doubts(_roof(measured, compute_utilization)))


def _roof(one: Measured, compute_utilization: Callable[..., Any]) -> Callable[..., float]:
    """tokens, bytes per parameter -> the FLOP/s that this machine allows."""

    def roof(tokens: int, bytes_per_param: float = BYTES_PER_PARAM) -> float:
        share: float = compute_utilization(tokens, bytes_per_param, one.peak_flops, one.bandwidth)
        return one.peak_flops * share

    return roof


def _print(
    one: Measured,
    ridge_point: Callable[..., Any],
    arithmetic_intensity: Callable[..., Any],
    compute_utilization: Callable[..., Any],
) -> None:
    roof, ridge = _roof(one, compute_utilization), ridge_point(one.peak_flops, one.bandwidth)
    print(
        f"\n{one.where}: {one.peak_flops / 1e9:,.0f} GFLOP/s, {one.bandwidth / 1e9:.1f} GB/s, "
        f"ridge {ridge:.1f} FLOPs per byte"
    )
    print(f"{'step of mini_vllm':<18}{'tokens':>7}{'FLOPs/byte':>12}{'ms':>8}{'GFLOP/s':>9}{'of the roof':>13}")
    for tokens in STEPS:
        name = "prefill, 1 user" if tokens == 128 else f"decode, {tokens} user{'s' * (tokens > 1)}"
        flops = one.flops(tokens)
        print(
            f"{name:<18}{tokens:>7}{arithmetic_intensity(tokens, BYTES_PER_PARAM):>12.1f}"
            f"{min(one.steps[tokens]) * 1e3:>8.1f}{flops / 1e9:>9.1f}{flops / roof(tokens):>13.0%}"
        )


def _print_doubts(doubts: list[str]) -> None:
    if doubts:
        print("\nDo not trust this measurement: other programs were running, or this machine is slow. Signs:")
        print(*(f"- {doubt}" for doubt in doubts), sep="\n")
        print("Run the cell again when the machine is idle, or read the recorded one on the right.")
    else:
        print("The repeats agree, and no point is above the roof.")
