"""What a block size gains and what it costs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.style import BLUE, GREY, RED, WIDTH, pyplot, show

MEMORY_TOKENS, MAX_MODEL_LEN = 8_192, 1_024
SIZES = [2**e for e in range(11)]
LENGTHS = np.random.default_rng(6).integers(20, 300, 400).tolist()


def plot_block_sizes(
    num_blocks: Callable[..., Any],
    requests_that_fit: Callable[..., Any],
    requests_that_fit_paged: Callable[..., Any],
) -> None:
    """Draw how many requests fit against the block size, and per request the unused slots and the table's entries."""
    reserved = int(requests_that_fit(LENGTHS, MEMORY_TOKENS, MAX_MODEL_LEN))
    fit = [int(requests_that_fit_paged(LENGTHS, MEMORY_TOKENS, size)) for size in SIZES]
    entries = [float(np.mean([num_blocks(length, size) for length in LENGTHS])) for size in SIZES]
    unused = [n * size - float(np.mean(LENGTHS)) for n, size in zip(entries, SIZES)]
    plt = pyplot()
    _, (left, right) = plt.subplots(1, 2, figsize=(WIDTH + 0.6, 4.2), layout="constrained")
    left.plot(SIZES, fit, "o-", color=BLUE, linewidth=2)
    left.axhline(reserved, color=RED, linestyle="--", linewidth=2)
    left.text(1, reserved + 1, f"reserving {MAX_MODEL_LEN:,} tokens: {reserved}", color=RED, va="bottom")
    left.text(SIZES[4] * 1.2, fit[4] + 0.5, f"blocks of 16: {fit[4]}", color=BLUE, va="bottom")
    left.set(ylabel="requests that fit", ylim=(0, max(fit) * 1.2))
    right.plot(SIZES[1:], unused[1:], "s-", color=RED, linewidth=2)
    right.plot(SIZES, entries, "^-", color=GREY, linewidth=2)
    right.text(SIZES[-1], unused[-1] * 1.25, "unused slots", color=RED, ha="right")
    right.text(1.5, entries[0], "table entries", color=GREY, va="bottom")
    right.set_yscale("log", base=10)
    right.set(ylabel="per request, on average (log scale)", ylim=(0.3, 3_000))
    for axes in (left, right):
        axes.set_xscale("log", base=2)
        axes.set_xticks(SIZES[::2], [f"{size:,}" for size in SIZES[::2]])
        axes.set_xlabel("block size (slots, log scale)")
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    show(_in_words(fit, entries))
    print("block size  requests  unused slots  table entries  whole blocks of a prefix of 100 tokens")
    for i in range(0, len(SIZES), 2):
        shared = 100 // SIZES[i] * SIZES[i]
        print(f"{SIZES[i]:>10,}{fit[i]:>10}{unused[i]:>14.1f}{entries[i]:>15.1f}{shared:>14} tokens")


def _in_words(fit: list[int], entries: list[float]) -> str:
    if sorted(fit, reverse=True) != fit or sorted(entries, reverse=True) != entries:
        return "the lines do not fall from left to right, as they should:\nrun the tests of Exercises 1 and 3."
    return (
        f"larger blocks hold fewer requests, from {fit[0]} down to {fit[-1]}, as with reservations;\n"
        "smaller ones waste less, and need longer tables."
    )
