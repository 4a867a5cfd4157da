"""A course whose lab ends with a question that a person grades."""

from pathlib import Path

import nbformat
from empty_gradebook import empty_gradebook
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tiny_course import ASSIGNMENT, Course, answer_cell, cell

QUESTION = """## At the whiteboard (4 points)

Why does it double? Say what stays.

<details><summary>Rubric</summary>

- names the factor

</details>"""
STUB = "YOUR ANSWER HERE"
REMARK = "This remark is locked."


def written_lab(points: int = 2) -> nbformat.NotebookNode:
    """points: of its one test."""
    board = cell("whiteboard", "### BEGIN SOLUTION\nBecause of the 2.\n### END SOLUTION", points=4, answer=True)
    remark = new_markdown_cell(REMARK, id="remark", metadata=cell("remark", "").metadata)
    return new_notebook(
        cells=[
            new_markdown_cell("# Lab\n\nRead this first.", id="title"),
            remark,
            answer_cell("double"),
            cell(
                "test_double",
                "assert double(4) == 8\n### BEGIN HIDDEN TESTS\nassert double(7) == 14\n### END HIDDEN TESTS",
                points,
            ),
            new_code_cell("# how it looks\nprint(double(3))", id="demonstration"),
            new_markdown_cell(QUESTION, id="question"),
            new_markdown_cell(board.source, id="board", metadata=board.metadata),
        ]
    )


class WrittenCourse(Course):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        (root / "source" / ASSIGNMENT / "second.ipynb").unlink()
        (root / "gradebook.db").write_bytes(empty_gradebook())
        self.release()

    def release(self, points: int = 2) -> None:
        nbformat.write(written_lab(points), self.root / "source" / ASSIGNMENT / "lab.ipynb")
        self.generate()

    def answered(self, whiteboard: str | None = None, double: str = "def double(x):\n    return 2 * x"):
        """The released notebook with these answers; an untouched whiteboard if there is none."""
        nb = self.released()
        answers = {"double": double} | ({"board": whiteboard} if whiteboard is not None else {})
        for given in nb.cells:
            given.source = answers.get(given.id, given.source)
        return nb
