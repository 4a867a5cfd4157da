"""Reference counts of eight blocks while three requests that share a prefix come and go."""

from collections.abc import Callable
from typing import Any

from labkit.style import BLUE, WIDTH, pyplot, show

NUM_BLOCKS = 8
TABLES = {"A": [0, 1, 2], "B": [0, 1, 3, 4], "C": [0, 1, 5]}  # blocks 0 and 1 hold the prefix of all three
EVENTS = [(True, "A"), (True, "B"), (True, "C"), (False, "A"), (False, "C"), (False, "B")]
AS_IT_SHOULD = (
    "blocks 0 and 1 hold the shared prefix; they are stored once, counted up to 3,\n"
    "and become free only when the last of the three requests has ended."
)
NOT_SO = "the counts do not rise to 3 and fall back to 0, as they should:\nrun the tests of Exercise 5."


def plot_sharing(share: Callable[..., Any], release: Callable[..., Any]) -> None:
    """Draw one row of counts for each event, and print the same as a table."""
    names, rows, freed_rows = _events(share, release)
    plt = pyplot()
    _, axes = plt.subplots(figsize=(WIDTH, 4.2), layout="constrained")
    shades = ("white", "#d1e5f0", "#92c5de", BLUE)
    for y, row in enumerate(rows):
        for x, count in enumerate(row):
            color = shades[min(max(count, 0), 3)]
            axes.barh(y, 0.92, left=x - 0.46, height=0.86, color=color, edgecolor="black", linewidth=0.8)
            axes.text(x, y, str(count), ha="center", va="center", color="white" if count >= 3 else "black")
        axes.text(NUM_BLOCKS - 0.3, y, freed_rows[y], va="center")
    axes.set(xlim=(-0.6, NUM_BLOCKS + 1.6), ylim=(len(rows) - 0.4, -0.6))
    axes.set_yticks(range(len(rows)), names)
    axes.set_xticks(range(NUM_BLOCKS))
    axes.set_xlabel("block id; number and shade: how many requests use the block")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    show(AS_IT_SHOULD if rows[2][:2] == [3, 3] and not any(rows[-1]) else NOT_SO)
    print(f"{'':>9}" + "".join(f"{block:>4}" for block in range(NUM_BLOCKS)))
    for name, row, freed_row in zip(names, rows, freed_rows):
        print(f"{name:>9}" + "".join(f"{count:>4}" for count in row) + f"   {freed_row}".rstrip())


def _events(share: Callable[..., Any], release: Callable[..., Any]) -> tuple[list[str], list[list[int]], list[str]]:
    """What happens, the counts after it, and what it frees, an entry for each event."""
    counts, names, rows, freed_rows = [0] * NUM_BLOCKS, [], [], []
    for is_coming, name in EVENTS:
        table, freed = TABLES[name], []
        if is_coming:
            counts = [int(n) for n in share(list(counts), list(table))]
        else:  # the last block first, as engines do: a longer prefix is of use to fewer
            new, gone = release(list(counts), table[::-1])
            counts, freed = [int(n) for n in new], [int(block) for block in gone]
        rows.append(counts)
        names.append(f"{name} {'comes' if is_coming else 'ends'}")
        freed_rows.append("" if is_coming else f"frees {', '.join(map(str, freed)) or 'none'}")
    return names, rows, freed_rows
