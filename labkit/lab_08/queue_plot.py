"""The queue of free blocks after each request, as the student's eviction_order has it."""

from collections.abc import Callable, Sequence
from typing import Any

from labkit.style import GREY, WIDTH, pyplot, show

STYLES = (("#92c5de", ""), ("#fddbc7", "//"), ("#e0e0e0", ".."), ("#d9f0d3", "\\\\"))  # one for each request
Stage = tuple[str, list[list[int]], list[int]]  # label, freed, hits


def plot_queue(eviction_order: Callable[..., Any], freed: Sequence[Sequence[int]], hits: Sequence[int]) -> None:
    """Draw the queue when each request has ended, and then while another one uses `hits`.

    A block has the color of the request that used it last.
    """
    stages: list[Stage] = [(f"request {i + 1} ends", list(map(list, freed[: i + 1])), []) for i in range(len(freed))]
    found = " and ".join(map(str, hits))
    stages.append((f"a new one finds {found}", list(map(list, freed)), list(hits)))
    queues = [[int(block) for block in eviction_order(tables, used)] for _, tables, used in stages]
    plt = pyplot()
    figure, axes = plt.subplots(figsize=(WIDTH, 0.95 + 0.72 * len(stages)), layout="constrained")
    for row, (label, tables, _) in enumerate(stages):
        axes.text(-0.15, -row, label, ha="right", va="center", fontsize=12)
        for place, block in enumerate(queues[row]):
            last = max((i for i, table in enumerate(tables) if block in table), default=0)
            color, hatch = STYLES[last % len(STYLES)]
            axes.bar(place + 0.45, 0.66, 0.9, -row - 0.33, color=color, hatch=hatch, edgecolor="black", linewidth=0.8)
            patch = {"facecolor": color, "edgecolor": "none", "pad": 3}
            axes.text(place + 0.45, -row, str(block), ha="center", va="center", fontsize=13, bbox=patch)
    longest = max(map(len, queues), default=1)
    axes.text(0, 0.62, "evicted first", fontsize=11, color=GREY)
    axes.text(longest, 0.62, "evicted last", fontsize=11, color=GREY, ha="right")
    axes.set(xlim=(-3.1, longest + 0.1), ylim=(-len(stages) + 0.45, 0.95))
    axes.axis("off")
    show("the queue after each event. A block has the color and hatch of its last request.")
    for (label, _, _), queue in zip(stages, queues):
        print(f"  {label + ':':<26}{' '.join(map(str, queue))}")
