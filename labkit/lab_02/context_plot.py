"""The cache of one user against the context, for three ways of sharing KV heads."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from labkit.lab_02.units import readable
from labkit.specs import MODEL_SPECS
from labkit.style import BLUE, GREY, RED, WIDTH, pyplot, show

MODEL = MODEL_SPECS["Llama-3.1-8B"]
HEADS = MODEL.config.num_attention_heads
VARIANTS = {  # name -> config, colour, marker
    "MHA": (replace(MODEL.config, num_key_value_heads=HEADS), RED, "s"),
    "GQA": (MODEL.config, BLUE, "o"),
    "MQA": (replace(MODEL.config, num_key_value_heads=1), "black", "^"),
}
CONTEXTS = [2**e for e in range(7, 18)]  # the last one is the model's number of positions
assert MODEL.num_parameters is not None
WEIGHT_BYTES = MODEL.num_parameters * 2


def plot_context(kv_bytes_per_sequence: Callable[..., Any]) -> None:
    """Draw the cache of one user of Llama-3.1-8B with 32, 8 and 1 KV heads, at 16 and at 8 bits."""
    plt = pyplot()
    _, axes = plt.subplots(figsize=(WIDTH, 5.4), layout="constrained")
    for name, (config, color, marker) in VARIANTS.items():
        for size, line in ((2, "-"), (1, "--")):
            needed = [kv_bytes_per_sequence(config, context, size) for context in CONTEXTS]
            axes.plot(CONTEXTS, needed, line, color=color, marker=marker, markersize=6, linewidth=2)
            axes.text(CONTEXTS[-1] * 1.15, needed[-1], f"{name}, {8 * size} bits", color=color, va="center")
    axes.hlines(WEIGHT_BYTES, CONTEXTS[0], CONTEXTS[-1], color=GREY, linestyle=":", linewidth=2)
    axes.text(CONTEXTS[0], WEIGHT_BYTES * 1.15, f"all weights, 16 bits: {readable(WEIGHT_BYTES)}", color=GREY)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xticks(CONTEXTS[::2], [f"{context:,}" for context in CONTEXTS[::2]])
    axes.set_yticks([2**e for e in range(20, 37, 2)], [readable(2**e) for e in range(20, 37, 2)])
    axes.minorticks_off()
    axes.set(xlim=(CONTEXTS[0] / 1.3, CONTEXTS[-1] * 9), ylim=(2**19.5, 2**37))
    axes.set(xlabel="context (tokens, log scale)", ylabel="KV cache of one user (log scale)")
    axes.set_title("Llama-3.1-8B with 32, 8 or 1 KV heads")
    axes.grid(alpha=0.3)
    show(
        "six parallel lines: memory grows in proportion to the context;\n"
        "fewer KV heads or fewer bits lower the line and do not change its slope on these log axes."
    )
    _print_table(kv_bytes_per_sequence)


def _print_table(kv_bytes_per_sequence: Callable[..., Any]) -> None:
    shown = CONTEXTS[4::2]
    print(f"{'':>12}" + "".join(f"{context:>11,}" for context in shown) + "   exceeds the weights from")
    for name, (config, _, _) in VARIANTS.items():
        for size in (2, 1):
            row = "".join(f"{readable(kv_bytes_per_sequence(config, context, size)):>11}" for context in shown)
            tokens = -(-WEIGHT_BYTES // kv_bytes_per_sequence(config, 1, size))
            reached = f"{tokens:>10,} tokens" if tokens <= CONTEXTS[-1] else "not reached"
            print(f"{name}, {8 * size:>2} bits{row}   {reached:>17}")
