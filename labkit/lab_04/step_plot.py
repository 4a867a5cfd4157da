"""The time of a whole decode step, in its parts, against the batch."""

from collections.abc import Callable
from typing import Any

from labkit import style
from labkit.lab_04.cards import FULL_A100, users_that_fit
from labkit.sliders import plain, sliders
from labkit.specs import GPU_SPECS

CONTEXTS = (128, 512, 2048, 8192)
BATCHES = (1, 16, 64, 156)
PARTS = {  # part of the step -> colour, hatch
    "weights": (style.LIGHT, ""),
    "arithmetic beyond the weights' trip": (style.BLUE, "//"),
    "KV cache": (style.RED, ".."),
}


def parts_ms(decode_step_seconds: Callable[..., Any], **changes: float) -> dict[str, float]:
    """Milliseconds of each part of an A100's step, found by leaving parts out: no context, and one user."""
    step = FULL_A100 | changes
    whole, no_cache, trip = (
        1e3 * decode_step_seconds(*(step | less).values()) for less in ({}, {"context": 0}, {"context": 0, "batch": 1})
    )
    return dict(zip(PARTS, (trip, no_cache - trip, whole - no_cache)))


def plot_steps(decode_step_seconds: Callable[..., Any]) -> None:
    """Draw the parts of a step as stacked bars, one panel per context; the last bar's batch fills the memory."""
    plt = style.pyplot()
    figure, panels = plt.subplots(2, 2, figsize=(style.WIDTH, 6.6), layout="constrained")
    table = [f"{'context':>8}{'users':>7}{'weights':>9}{'beyond':>12}{'KV cache':>10}{'step':>8}   ms"]
    for panel, context in zip(panels.flat, CONTEXTS):
        full = users_that_fit(GPU_SPECS["A100"], context)
        batches = [batch for batch in BATCHES if batch < 0.8 * full] + [full]
        for place, batch in enumerate(batches):
            parts, bottom = parts_ms(decode_step_seconds, batch=batch, context=context), 0.0
            for name, milliseconds in parts.items():
                colour, hatch = PARTS[name]
                panel.bar(place, milliseconds, 0.75, bottom, color=colour, hatch=hatch, edgecolor="white")
                bottom += milliseconds
            panel.text(place, bottom, f"{bottom:.0f}", ha="center", va="bottom", fontsize=11)
            numbers = "".join(f"{ms:>{width}.1f}" for ms, width in zip((*parts.values(), bottom), (9, 12, 10, 8)))
            table.append(f"{context:>8,}{batch:>7,}{numbers}{'   card is full' if batch == full else ''}")
        panel.set_xticks(range(len(batches)), [*map(str, batches[:-1]), f"{full:,}\nfull"], fontsize=11)
        panel.set_ylim(0, bottom * 1.15)
        panel.set_title(f"{context:,} tokens of context", fontsize=12)
    figure.supxlabel("users decoding together (not to scale)", fontsize=12)
    figure.supylabel("ms per step", fontsize=12)
    patches = [plt.Rectangle((0, 0), 1, 1, facecolor=c, hatch=h, edgecolor="white") for c, h in PARTS.values()]
    figure.legend(patches, list(PARTS), loc="outside upper center", ncols=3, fontsize=11, frameon=False)
    style.show(
        "one user's step is almost all weights. With short contexts a large batch adds\n"
        "arithmetic; with long ones it adds the KV cache, whose time no batch hides."
    )
    print("Llama-3-8B in 16 bits on the A100. Column `beyond`: the time of the matmuls' arithmetic")
    print("that exceeds the weights' trip; it is 0 as long as the trip takes longer.", *table, sep="\n")


def explore_step(decode_step_seconds: Callable[..., Any]) -> None:
    """One step as a bar of its parts, with sliders for the batch, the context and the bits of the weights."""

    def draw(users: int = 156, context: int = 2048, weights: int = 16) -> str:
        plt = style.pyplot()
        parts = parts_ms(decode_step_seconds, batch=users, context=context, bytes_per_param=weights / 8)
        _, axes = plt.subplots(figsize=(style.WIDTH, 2.4), layout="constrained")
        for row, (name, milliseconds) in enumerate(parts.items()):
            colour, hatch = PARTS[name]
            axes.barh(row, milliseconds, color=colour, hatch=hatch, edgecolor="white")
            axes.text(milliseconds, row, f" {milliseconds:.1f}", va="center")
        axes.set_yticks(range(len(parts)), ["weights", "extra arithmetic", "KV cache"])
        axes.set(xlabel="ms", xlim=(0, max(parts.values()) * 1.15))
        axes.invert_yaxis()
        plt.show()
        plt.close("all")
        total, fits = sum(parts.values()), users_that_fit(GPU_SPECS["A100"], context, weights / 8)
        room = "" if users <= fits else f" Only {fits:,} of these users fit on the card."
        return f"a step takes {total:.1f} ms, {users / total * 1e3:,.0f} tokens per second for all users.{room}"

    sliders(
        draw,
        users=((1, 4, 16, 64, 156, 260, 520, 1040), 156, plain),
        context=((128, 512, 1024, 2048, 4096, 8192), 2048, lambda n: f"{n:,} tokens"),
        weights=((16, 8, 4), 16, lambda bits: f"{bits} bits"),
    )
