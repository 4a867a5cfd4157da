"""Prompts as a tree: a block that several of them share is one box."""

import textwrap
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from labkit.lab_08.chats import Chats
from labkit.style import BLUE, GREY, pyplot, show

SHADES = {1: ("#f7f7f7", ""), 2: ("#d1e5f0", "//"), 3: ("#92c5de", "xx")}  # by how many prompts share a block

MAX_LABELED = 7  # columns; in narrower boxes the texts overlap


@dataclass
class Box:
    """A block: its place in the prompt, and the rows of the prompts that share it."""

    column: int
    top: int
    bottom: int
    text: str

    @property
    def shared_by(self) -> int:
        return self.bottom - self.top + 1


def plot_tree(chats: Chats, block_hashes: Callable[..., Any], block_size: int = 8) -> None:
    """Draw the full blocks of each prompt as the student's hashes tell them apart, and print the same in words."""
    hashes = {name: list(block_hashes(list(ids), block_size)) for name, ids in chats.prompts.items()}
    boxes = _boxes(chats, hashes, block_size)
    columns = max(map(len, hashes.values())) + 1
    plt = pyplot()
    plt.rcParams["hatch.linewidth"] = 0.4
    figure, axes = plt.subplots(figsize=(9.6, 3.9), layout="constrained")
    for box in boxes:
        _draw(axes, box, is_labeled=columns <= MAX_LABELED)
    for row, (name, ids) in enumerate(chats.prompts.items()):
        rest = len(ids) - len(hashes[name]) * block_size
        axes.text(-0.08, -row - 0.5, name, ha="right", va="center", fontsize=12)
        if rest > 0:
            tail = f"{rest} more {'token' if rest == 1 else 'tokens'}"
            axes.text(
                len(hashes[name]) + 0.06, -row - 0.5, textwrap.fill(tail, 8), va="center", fontsize=11, color=GREY
            )
    axes.set(xlim=(-0.95, columns), ylim=(-len(hashes) - 0.05, 0.35))
    for column in range(columns - 1):
        name = f"block {column + 1}" if columns <= MAX_LABELED else str(column + 1)
        axes.text(column + 0.47, 0.08, name, ha="center", fontsize=11, color=GREY)
    axes.axis("off")
    full = sum(map(len, hashes.values()))
    show(f"{full} full blocks are served, and {len(boxes)} are stored.")
    for name, own in hashes.items():
        row = list(hashes).index(name)
        mine = [box for box in boxes if box.top <= row <= box.bottom]
        shared = sum(box.shared_by > 1 for box in mine)
        print(f"  {name:<10} {len(own)} full blocks: {shared} shared, {len(own) - shared} of its own")
    texts = [box.text for box in boxes]
    for text in sorted({text for text in texts if texts.count(text) > 1}):
        print(f"  {text!r} is stored {texts.count(text)} times: the tokens before it differ")


def _boxes(chats: Chats, hashes: dict[str, list[Hashable]], size: int) -> list[Box]:
    """One box for each block; a block in several rows that lie one below the other is one box."""
    boxes: list[Box] = []
    above: dict[int, tuple[Hashable, Box]] = {}
    for row, (name, own) in enumerate(hashes.items()):
        ids = chats.prompts[name]
        for column, block_hash in enumerate(own):
            if column in above and above[column][0] == block_hash:
                above[column][1].bottom = row
            else:
                boxes.append(Box(column, row, row, chats.text(ids[column * size :][:size])))
                above[column] = block_hash, boxes[-1]
        above = {column: entry for column, entry in above.items() if column < len(own)}
    return boxes


def _draw(axes: Any, box: Box, is_labeled: bool) -> None:
    color, hatch = SHADES.get(box.shared_by, SHADES[3])
    height = box.shared_by - 0.14
    axes.bar(
        box.column + 0.47, height, 0.94, -box.bottom - 0.93, color=color, hatch=hatch, edgecolor=BLUE, linewidth=1.2
    )
    if not is_labeled:
        return
    text = "\n".join(textwrap.wrap(box.text.strip(), 11))
    label = f"{text}\n({box.shared_by} share)" if box.shared_by > 1 else text
    box_style = {"facecolor": color, "edgecolor": "none", "pad": 1.0}
    middle = -box.bottom - 0.93 + height / 2
    axes.text(box.column + 0.47, middle, label, ha="center", va="center", fontsize=11, bbox=box_style)
