"""What the template of the page shows, worked out so that the template holds no rules."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

LONGEST_TEXT = 20_000
LONGEST_PICTURE = 4_000_000
LABELS = {"task": "Task", "solution": "Your answer", "grade": "Test"}  # the first that is true counts
PICTURES = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8"}


@dataclass(frozen=True)
class Row:
    """A row of the table. points: None where the cell has none, and only a comment is to be read there."""

    name: str
    title: str
    points: str | None
    most: str
    state: str
    has_comment: bool


@dataclass(frozen=True)
class Shown:
    """An output. kind: "text", "failure", "picture" or "note"; where: the line that failed."""

    kind: str
    text: str
    where: str = ""


def claim(cell: NotebookNode) -> dict:
    """What nbgrader knows of a cell; empty if it is an ordinary one."""
    found = cell.metadata.get("nbgrader")
    return found if isinstance(found, dict) else {}


def is_graded(cell: NotebookNode) -> bool:
    return bool(claim(cell).get("grade") or claim(cell).get("task"))


def rows(nb: NotebookNode) -> list[Row]:
    """The table: a row for each cell with points, and for each with a comment, in the order of the notebook."""
    return [row(cell) for cell in nb.cells if is_graded(cell) or claim(cell).get("comment")]


def row(cell: NotebookNode) -> Row:
    known = claim(cell)
    name = str(known.get("grade_id", ""))
    title = name.removeprefix("correct_").removeprefix("test_").replace("_", " ")
    if not is_graded(cell):
        return Row(name, title, None, "", "", True)
    score, most = known.get("score") or 0, known.get("points") or 0
    if known.get("waits"):
        state = "not graded yet"
    else:
        state = "full points" if score >= most else "some points" if score > 0 else "no points"
    shown = "–" if known.get("waits") and not score else points(score)
    return Row(name, title, shown, points(most), state, bool(known.get("comment")))


def points(number: float) -> str:
    """3, 2.5, 0.33: no more than two digits behind the point."""
    return f"{round(number, 2):.12g}"


def label(cell: NotebookNode) -> str:
    """What a cell that nbgrader knows is to the student; "" for an ordinary one."""
    return next((text for flag, text in LABELS.items() if claim(cell).get(flag)), "")


def outputs(cell: NotebookNode) -> list[Shown]:
    """A cell's outputs as text and pictures: HTML, JavaScript, SVG and widgets aren't shown, whatever they hold."""
    return [_shown(output) for output in cell.get("outputs", ())]


def _shown(output: NotebookNode) -> Shown:
    if output.get("output_type") == "error":
        return Shown("failure", shortened(output.traceback[0]), shortened(output.where))
    if output.get("output_type") == "stream":
        return Shown("text", shortened(str(output.get("text", ""))))
    for kind, content in pictures(output):
        return Shown("picture", f"data:{kind};base64,{content}")
    text, is_all = plain(output)
    return Shown("text" if is_all else "note", text)


def plain(output: NotebookNode) -> tuple[str, bool]:
    """An output as text, and whether that is what it holds; else the text names the kinds that are not shown."""
    data = _data(output)
    if isinstance(data.get("text/plain"), str):
        return shortened(data["text/plain"]), True
    return f"An output of this kind is not shown here: {', '.join(map(str, data)) or 'unknown'}."[:200], False


def pictures(output: NotebookNode) -> Iterator[tuple[str, str]]:
    """(kind, base64) of each picture of an output that is one, however it is labelled."""
    for kind, first_bytes in PICTURES.items():
        content = _data(output).get(kind)
        if isinstance(content, str) and len(content) <= LONGEST_PICTURE:
            try:
                binary = base64.b64decode("".join(content.split()), validate=True)
            except (binascii.Error, ValueError):
                continue
            if binary.startswith(first_bytes):
                yield kind, base64.b64encode(binary).decode()


def _data(output: NotebookNode) -> dict:
    data = output.get("data")
    return data if isinstance(data, dict) else {}


def shortened(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}\n... ({len(text) - LONGEST_TEXT:,} more characters)"
