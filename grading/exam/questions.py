"""The whiteboard questions of a phase, read from the cells of its labs: the only place where they are written."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

HEADING = re.compile(r"^## (?=At the whiteboard)", re.MULTILINE)
QUESTION = re.compile(r"^\*\*((?:[^*]|\*(?!\*))+)\*\*$", re.MULTILINE)  # a paragraph that is bold as a whole
RUBRIC = re.compile(r"<details><summary>Rubric.*?</summary>(.*?)</details>", re.DOTALL)
LINE = re.compile(r"^\| *(\d+) *\| *(.+?) *\|$", re.MULTILINE)
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


@dataclass(frozen=True)
class Question:
    """A lab's question at the whiteboard; its texts are Markdown.

    rubric: (points, what the answer shows). answer: the model answer.
    """

    lab: str
    text: str
    rubric: tuple[tuple[int, str], ...]
    answer: str

    @property
    def points(self) -> int:
        return sum(points for points, _ in self.rubric)


def title_of(phase: Path) -> str:
    """The heading of the phase's start page; the folder's name where there is none."""
    page = phase / "README.md"
    heading = re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE) if page.is_file() else None
    return heading[1] if heading else phase.name


def questions_of(phase: Path) -> list[Question]:
    """One for each lab in the folder. Errors: ValueError if there is no lab, or one without a complete question."""
    labs = sorted(phase.glob("*.ipynb"))
    if not labs:
        others = ", ".join(sorted({path.parent.name for path in phase.parent.glob("*/*.ipynb")}))
        raise ValueError(f"{phase} contains no lab. Next step: choose one of {others or 'no phase: source/ is empty'}.")
    return [_question(path) for path in labs]


def _question(path: Path) -> Question:
    cells = nbformat.read(path, as_version=4).cells
    at = next((at for at, cell in enumerate(cells) if at and _is_whiteboard(cell)), None)
    if at is None:
        raise ValueError(f"{path} has no whiteboard cell: one of text, graded by a person.")
    task = HEADING.split(cells[at - 1].source)[-1]
    rubric = RUBRIC.search(task)
    question = QUESTION.search(task)
    lines = tuple((int(points), what) for points, what in LINE.findall(rubric[1] if rubric else ""))
    answer = SOLUTION.search(cells[at].source)
    most = cells[at].metadata.nbgrader.points
    for what, is_there in (
        ("a question: a paragraph that is bold as a whole", question),
        (f"a folded rubric whose points add up to {most:g}", lines and sum(points for points, _ in lines) == most),
        ("a model answer between the solution's marks", answer),
    ):
        if not is_there:
            raise ValueError(f"{path}: its whiteboard cell lacks {what}.")
    title = re.search(r"^# (.+?)(?: \[[\w-]+\])?$", cells[0].source, re.MULTILINE)
    return Question(title[1] if title else path.stem, question[1], lines, answer[1].strip())


def _is_whiteboard(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and is_grade(cell) and is_solution(cell)
