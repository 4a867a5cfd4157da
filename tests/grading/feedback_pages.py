"""Feedback pages of made-up graded notebooks, and a reader that sees what a browser would run or load."""

import functools
from html.parser import HTMLParser

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grading.feedback.page import FeedbackPage

TEST = "assert double(4) == 8\n### BEGIN HIDDEN TESTS\nassert double(0) == 0, message\n### END HIDDEN TESTS\nprint(1)"
# As a stock kernel writes it, colours and all, for a failing hidden test.
RED, OFF = "\x1b[31m", "\x1b[39m"
IPYTHON_TRACEBACK = [
    f"{RED}{'-' * 75}{OFF}",
    f"{RED}AssertionError{OFF}                            Traceback (most recent call last)",
    f"\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[2]{OFF}\x1b[32m, line 3{OFF}\n"
    f"\x1b[32m      1{OFF} \x1b[38;5;28;01massert\x1b[39;00m double(\x1b[32m4{OFF}) == \x1b[32m8{OFF}\n"
    f"\x1b[32m      2{OFF} \x1b[38;5;66;03m### BEGIN HIDDEN TESTS\x1b[39;00m\n"
    f"\x1b[32m----> {OFF}\x1b[32m3{OFF} \x1b[38;5;28;01massert\x1b[39;00m "
    f"double(\x1b[32m0{OFF}) == \x1b[32m0{OFF}, message\n"
    f"\x1b[32m      4{OFF} \x1b[38;5;66;03m### END HIDDEN TESTS\x1b[39;00m\n",
    f"{RED}AssertionError{OFF}: wrong for another number.\nLikely cause: a special case.\nNext step: try 0.",
]
MESSAGE = "wrong for another number.\nLikely cause: a special case.\nNext step: try 0."


def known(name: str, **flags) -> dict:
    """A cell's metadata after the grades have been read from the gradebook."""
    return {"nbgrader": {"grade_id": name, "grade": False, "solution": False, "task": False, **flags}}


def test_cell(outputs=(), source: str = TEST, **flags):
    claim = {"grade": True, "score": 0.0, "points": 2.0, **flags}
    return new_code_cell(source, metadata=known("correct_double", **claim), outputs=list(outputs))


test_cell.__test__ = False


def failure(message: str = MESSAGE, traceback: list[str] = IPYTHON_TRACEBACK, name: str = "AssertionError"):
    return new_output("error", ename=name, evalue=message, traceback=list(traceback))


def page(*cells, **points) -> str:
    """The page of a notebook with these cells; a text is a markdown cell."""
    cells = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    about = {"notebook": "lab", "assignment": "phase-00", "student": "ada", "score": 0, "max_score": 2, **points}
    html, _ = exporter().from_notebook_node(new_notebook(cells=cells), {"nbgrader": about})
    return html


@functools.cache  # its template is compiled once
def exporter() -> FeedbackPage:
    return FeedbackPage()


class Reader(HTMLParser):
    """The tags and attributes of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.pieces: list[str] = []
        self.feed(html.partition("</style>")[2])

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def text_of(*cells, **points) -> str:
    return Reader(page(*cells, **points)).text
