"""One memory, the same requests: each with a reservation, and in blocks of any size."""

from collections.abc import Callable, Sequence
from typing import Any

from labkit.lab_06.memory import draw_memory
from labkit.sliders import sliders
from labkit.style import GREY, WIDTH, pyplot, show

SLOTS, ROW, MAX_MODEL_LEN, BLOCK_SIZE = 128, 32, 32, 4
LENGTHS = [9, 14, 6, 11, 18, 7, 13, 10, 12, 8, 5, 16]
NAMES = "ABCDEFGHIJKL"  # one per request, like the colors
COLORS = (
    *("#92c5de", "#f4a582", "#a6dba0", "#c2a5cf", "#fee090", "#d9d9d9"),
    *("#80cdc1", "#fdb4c8", "#bcbd7a", "#b3cde3", "#e5c494", "#ccebc5"),
)
HATCHES = ("", "//", "..", "\\\\", "xx")

Places = Sequence[Sequence[int]]  # of each request, the slots of its tokens


def plot_memory(
    num_blocks: Callable[..., Any],
    slot: Callable[..., Any],
    requests_that_fit: Callable[..., Any],
    requests_that_fit_paged: Callable[..., Any],
) -> None:
    """Draw where the tokens of the requests that fit are stored, and print the same as letters."""
    reserved = int(requests_that_fit(LENGTHS, SLOTS, MAX_MODEL_LEN))
    tables, places = _paged(num_blocks, slot, requests_that_fit_paged, BLOCK_SIZE)
    plt = pyplot()  # after the student's functions: one that raises leaves no empty picture
    _, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 6.2), layout="constrained")
    starts = range(0, reserved * MAX_MODEL_LEN, MAX_MODEL_LEN)
    _draw(top, [range(start, start + n) for start, n in zip(starts, LENGTHS)], MAX_MODEL_LEN, reserved)
    _draw(bottom, places, BLOCK_SIZE, sum(map(len, tables)))
    one, other = (f"{n} requests, {sum(LENGTHS[:n])} of {SLOTS} slots used" for n in (reserved, len(tables)))
    top.set_title(f"Each request reserves {MAX_MODEL_LEN} slots: {one}", fontsize=12)
    bottom.set_title(f"Blocks of {BLOCK_SIZE} slots: {other}", fontsize=12)
    show(
        f"with a reservation each, {one};\nin blocks, {other}.\n"
        "In blocks, a request's tokens are in several places, and only its last block has unused slots."
    )
    print("Each request reserves a row (-: reserved, unused):")
    rows = {NAMES[request]: [request] for request in range(reserved)}
    draw_memory(rows, dict(zip(NAMES, LENGTHS)), SLOTS // MAX_MODEL_LEN, MAX_MODEL_LEN, per_line=1)
    print("In blocks (.: free):")
    draw_memory(dict(zip(NAMES, tables)), dict(zip(NAMES, LENGTHS)), SLOTS // BLOCK_SIZE, BLOCK_SIZE)


def block_size_slider(
    num_blocks: Callable[..., Any], slot: Callable[..., Any], requests_that_fit_paged: Callable[..., Any]
) -> None:
    """The same memory in blocks, with a slider for their size."""

    def draw(block_size: int) -> str:
        tables, places = _paged(num_blocks, slot, requests_that_fit_paged, block_size)
        plt = pyplot()
        _, axes = plt.subplots(figsize=(WIDTH, 3.2), layout="constrained")
        held, used = block_size * sum(map(len, tables)), sum(map(len, places))
        _draw(axes, places, block_size, held // block_size)
        said = f"{len(tables)} requests fit; {used} of {SLOTS} slots hold a token, {held - used} are held and unused"
        axes.set_title(said, fontsize=12)
        plt.show()
        plt.close("all")
        return f"{said}."

    sliders(draw, block_size=([1, 2, 4, 8, 16, 32], 8, lambda size: f"{size} slot{'s' * (size > 1)}"))


def _paged(
    num_blocks: Callable[..., Any], slot: Callable[..., Any], requests_that_fit_paged: Callable[..., Any], size: int
) -> tuple[list[list[int]], list[list[int]]]:
    """Block tables of the requests that fit, which take a block at a time, in turn; and the slots of their tokens."""
    wanted = [int(num_blocks(n, size)) for n in LENGTHS[: int(requests_that_fit_paged(LENGTHS, SLOTS, size))]]
    tables: list[list[int]] = [[] for _ in wanted]
    for _ in range(max(wanted, default=0)):
        for table, blocks in zip(tables, wanted):
            if len(table) < blocks:
                table.append(sum(map(len, tables)))
    places = [[int(slot(p, list(table), size)) for p in range(n)] for table, n in zip(tables, LENGTHS)]
    return tables, places


def _draw(axes: Any, places: Places, block_size: int, num_held: int) -> None:
    """A colored piece for each token, an outline for each block, and a cross in each slot that is held and unused.

    num_held: blocks that a request holds; they are the first ones of the memory.
    """
    for request, slots in enumerate(places):
        look = {"color": COLORS[request], "hatch": HATCHES[request % len(HATCHES)]}
        for place in slots:
            x, y = place % ROW, place // ROW
            axes.barh(y, 1, left=x, height=0.8, edgecolor="white", linewidth=0.6, **look)
            axes.text(x + 0.5, y, NAMES[request], ha="center", va="center", fontsize=11)
    used = {place for slots in places for place in slots}
    for place in set(range(num_held * block_size)) - used:
        axes.text(place % ROW + 0.5, place // ROW, "×", ha="center", va="center", color=GREY, fontsize=11)
    for start in range(0, SLOTS, block_size):
        x, y = start % ROW, start // ROW
        axes.barh(y, block_size, left=x, height=0.8, color="none", edgecolor="black", linewidth=1.2)
    axes.set(xlim=(-0.2, ROW + 0.2), ylim=(SLOTS // ROW - 0.45, -0.55), ylabel="first slot")
    axes.set_xticks(range(0, ROW + 1, 8))
    axes.set_yticks(range(SLOTS // ROW), [f"{ROW * row}" for row in range(SLOTS // ROW)])
    axes.set_xlabel(f"slots, {ROW} in a row; white: free; cross: held and unused")
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
