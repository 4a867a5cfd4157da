"""One memory, the same requests: each with a reservation, and in blocks."""

from collections.abc import Callable, Iterator
from typing import Any

from labkit.lab_06.memory import draw_memory
from labkit.style import WIDTH, pyplot, show

SLOTS, ROW, MAX_MODEL_LEN, BLOCK_SIZE = 128, 32, 32, 4
LENGTHS = [9, 14, 6, 11, 18, 7, 13, 10, 12, 8, 5, 16]
COLORS = ("#92c5de", "#f4a582", "#a6dba0", "#c2a5cf", "#fee090", "#d9d9d9", "#80cdc1", "#fdb4c8", "#bcbd7a", "#b3cde3")
HATCHES = ("", "//", "..", "\\\\", "xx")
NAMES = "ABCDEFGHIJKL"  # one per request


def plot_memory(
    num_blocks: Callable[..., Any],
    slot: Callable[..., Any],
    requests_that_fit: Callable[..., Any],
    requests_that_fit_paged: Callable[..., Any],
) -> None:
    """Draw where the tokens of the requests that fit are stored, and print the same as letters."""
    reserved = int(requests_that_fit(LENGTHS, SLOTS, MAX_MODEL_LEN))
    paged = int(requests_that_fit_paged(LENGTHS, SLOTS, BLOCK_SIZE))
    tables = _grown_in_turn([int(num_blocks(length, BLOCK_SIZE)) for length in LENGTHS[:paged]])
    places = [[int(slot(p, list(table), BLOCK_SIZE)) for p in range(n)] for table, n in zip(tables, LENGTHS)]
    plt = pyplot()  # after the student's functions: one that raises leaves no empty picture
    _, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 6.2), layout="constrained")
    for request in range(reserved):
        for position in range(LENGTHS[request]):
            _draw_slot(top, request * MAX_MODEL_LEN + position, request)
    for request, slots in enumerate(places):
        for place in slots:
            _draw_slot(bottom, place, request)
    _frame(top, MAX_MODEL_LEN, reserved)
    _frame(bottom, BLOCK_SIZE, sum(map(len, tables)))
    one, other = (f"{n} requests, {sum(LENGTHS[:n])} of {SLOTS} slots used" for n in (reserved, paged))
    top.set_title(f"Each request reserves {MAX_MODEL_LEN} slots: {one}", fontsize=12)
    bottom.set_title(f"Blocks of {BLOCK_SIZE} slots: {other}", fontsize=12)
    bottom.set_xlabel(f"slots, {ROW} in a row; white: free; grey cross: held and unused")
    show(
        f"with a reservation each, {one};\nin blocks, {other}.\n"
        "In blocks, a request's tokens are in several places, and only its last block has unused slots."
    )
    rows = {NAMES[r]: [r] for r in range(reserved)}
    print("Each request reserves a row (-: reserved, unused):")
    draw_memory(rows, dict(zip(NAMES, LENGTHS)), SLOTS // MAX_MODEL_LEN, MAX_MODEL_LEN, per_line=1)
    print("In blocks (.: free):")
    draw_memory(dict(zip(NAMES, tables)), dict(zip(NAMES, LENGTHS)), SLOTS // BLOCK_SIZE, BLOCK_SIZE)


def _grown_in_turn(wanted: list[int]) -> list[list[int]]:
    """Block tables of requests that take their blocks one at a time, in turn, as they generate."""
    tables: list[list[int]] = [[] for _ in wanted]
    free: Iterator[int] = iter(range(sum(wanted)))
    while any(len(table) < n for table, n in zip(tables, wanted)):
        for table, n in zip(tables, wanted):
            if len(table) < n:
                table.append(next(free))
    return tables


def _draw_slot(axes: Any, place: int, request: int) -> None:
    x, y = place % ROW, place // ROW
    axes.barh(
        y,
        1,
        left=x,
        height=0.8,
        color=COLORS[request % len(COLORS)],
        hatch=HATCHES[request % len(HATCHES)],
        edgecolor="white",
        linewidth=0.6,
    )
    axes.text(x + 0.5, y, NAMES[request], ha="center", va="center", fontsize=11)


def _frame(axes: Any, block_size: int, held: int) -> None:
    """An outline around each block, and a cross in each slot that is held and not drawn yet."""
    used = {(round(bar.get_x()), round(bar.get_y() + 0.4)) for bar in axes.patches}
    for place in range(held * block_size):
        if (place % ROW, place // ROW) not in used:
            axes.text(place % ROW + 0.5, place // ROW, "×", ha="center", va="center", color="#999999", fontsize=11)
    for block in range(SLOTS // block_size):
        x, y = block * block_size % ROW, block * block_size // ROW
        axes.barh(y, block_size, left=x, height=0.8, color="none", edgecolor="black", linewidth=1.2)
    axes.set(xlim=(-0.2, ROW + 0.2), ylim=(SLOTS // ROW - 0.45, -0.55))
    axes.set_xticks(range(0, ROW + 1, 8))
    axes.set_yticks(range(SLOTS // ROW), [f"{ROW * row}" for row in range(SLOTS // ROW)])
    axes.set_ylabel("first slot")
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
