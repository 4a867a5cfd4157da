"""A student's code in a locked cell: whoever merges an answer with the test above it has not lost the answer."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell


def own_code_around(given: NotebookNode, submitted: NotebookNode) -> tuple[str, str] | None:
    """What stands above and below the released lines in a submitted cell; None without any, or if a line is gone."""
    lines, own = given.source.strip().splitlines(), submitted.source.splitlines()
    for at in range(len(own) - len(lines) + 1 if lines else 0):
        if own[at : at + len(lines)] == lines:
            above, below = ("\n".join(part).strip("\n") for part in (own[:at], own[at + len(lines) :]))
            return (above, below) if (above + below).strip() else None
    return None


def insert(nb: NotebookNode, added: list[tuple[NotebookNode, int, str]]) -> None:
    """added: (a locked cell of nb, 0 for code above it or 1 below, code)."""
    for cell, side, code in added:
        index = next(index for index, other in enumerate(nb.cells) if other is cell)
        name = f"{cell.metadata.nbgrader.grade_id[:50]}-{('above', 'below')[side]}"
        nb.cells.insert(index + side, new_code_cell(code, id=name))
