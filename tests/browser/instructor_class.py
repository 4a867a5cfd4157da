"""What two students hand in, and what the gradebook and the hidden tests hold of it."""

import json
from pathlib import Path

import nbformat
from answers import lab_01
from browser_lab import ROOT
from nbgrader.api import Gradebook

ASSIGNMENT = "phase-00-foundations"
LABS = sorted((ROOT / "source" / ASSIGNMENT).glob("*.ipynb"))
LAB = "lab-01-kv-cache-speedup"
WRONG = next(a for a in lab_01.ANSWERS if (a.exercise, a.name) == ("work_without_cache", "hard-coded"))
WHITEBOARD = "With a cache each token passes once: P + N. Without one, step i passes P + i of them again."


def hand_in(course: Path) -> None:
    """ada hands in all labs, with one mistake, and ben a file that is no notebook."""
    for path in LABS:
        _write(course, "ada", path.name, nbformat.writes(_answered(path)))
    _write(course, "ben", f"{LAB}.ipynb", "{")


def _write(course: Path, student: str, name: str, content: str) -> None:
    path = course / "submitted" / student / ASSIGNMENT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def _answered(source: Path) -> nbformat.NotebookNode:
    """The lab as students get it, with the reference answers, one wrong one, and a text at the whiteboard."""
    cells = nbformat.read(source, as_version=4).cells
    answers = {cell.metadata.nbgrader.grade_id: cell.source for cell in cells if "nbgrader" in cell.metadata}
    answers |= {WRONG.exercise: WRONG.code, "whiteboard": WHITEBOARD}
    notebook = nbformat.read(ROOT / "release" / ASSIGNMENT / source.name, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers[cell.metadata.nbgrader.grade_id]
    return notebook


def points(course: Path, student: str, lab: str) -> dict[str, tuple[float | None, float | None]]:
    """What the gradebook has, by cell: the points that a test gave, and those that a person gave."""
    with Gradebook(f"sqlite:///{course}/gradebook.db", "mini-vllm") as gradebook:
        submission = gradebook.find_submission_notebook(lab, ASSIGNMENT, student)
        return {grade.name: (grade.auto_score, grade.manual_score) for grade in submission.grades}


def hidden_lines(source: Path) -> set[str]:
    """The lines of a lab's hidden tests that stand nowhere else in the lab; not those too short to tell."""
    hidden, shown = set(), set()
    for cell in nbformat.read(source, as_version=4).cells:
        is_hidden = False
        for line in map(str.strip, cell.source.splitlines()):
            if line in ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"):
                is_hidden = "BEGIN" in line
            (hidden if is_hidden else shown).add(line)
    return {line for line in hidden - shown if len(line) >= 10}


def graded_text(course: Path, student: str, lab: str) -> str:
    """The sources of an autograded notebook, hidden tests included."""
    path = course / "autograded" / student / ASSIGNMENT / f"{lab}.ipynb"
    return "\n".join("".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])
