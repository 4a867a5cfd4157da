"""What students were given to read, as far as nbgrader's gradebook does not have it."""

import functools
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory


@dataclass
class Handout:
    """A notebook as students got it.

    lines:     of its text and code, without any hidden test: a line of a student's that is left out of a quote because
               it stands here must not tell that it is one.
    answers:   the names of the cells with written answers, by the ids of the cells.
    questions: the text right above each of them, by name.
    """

    lines: set[str] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)

    def add(self, cells: list[NotebookNode], has_solutions: bool) -> None:
        """has_solutions: it is an instructor's notebook, in which graded cells hold more than students see."""
        above = None
        for cell in cells:
            if not (has_solutions and "nbgrader" in cell.metadata):
                self.lines |= lines_of(unfolded(cell.source))
            if is_written(cell):
                name = cell.metadata.nbgrader.grade_id
                self.answers[cell.get("id", name)] = name
                if above is not None and above.cell_type == "markdown" and "nbgrader" not in above.metadata:
                    self.questions[name] = unfolded(above.source)
            above = cell


def handout(course: CourseDirectory | None, assignment: str, notebook: str) -> Handout:
    """Read from source/ and release/; empty without a course."""
    found = Handout()
    for step in (course.source_directory, course.release_directory) if course else ():
        path = Path(course.format_path(step, ".", assignment), f"{notebook}.ipynb")
        try:
            cells = _cells(path, path.stat().st_mtime_ns)
        except Exception:  # not there, or not a notebook: then more counts as the student's own, and nothing is lost
            continue
        found.add(cells, has_solutions=step == course.source_directory)
    return found


def is_written(cell: NotebookNode) -> bool:
    """Whether it is a written answer, which a person grades."""
    claim = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "markdown" and bool(claim.get("grade") and claim.get("solution"))


def unfolded(text: str) -> str:
    """A text cell with its rubric open: students find it folded, whoever grades should see it at once."""
    return text.replace("<details><summary>Rubric", "<details open><summary>Rubric")


def lines_of(text: str) -> set[str]:
    """Its lines, without what an editor may change in the blanks of them."""
    return set(map(normal, text.splitlines()))


def normal(line: str) -> str:
    return " ".join(line.split())


@functools.lru_cache(maxsize=64)
def _cells(path: Path, mtime_ns: int) -> list[NotebookNode]:
    return nbformat.read(path, as_version=4).cells
