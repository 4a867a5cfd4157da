"""What a submission has before it is judged, an entry in the gradebook and a folder: as nbgrader's own makes them."""

import contextlib
from pathlib import Path

import pytest
from nbgrader.api import SubmittedNotebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from tiny_course import ASSIGNMENT, Course

from grading.autograde.begin import OneGradebook
from grading.course import load_config

NOTEBOOKS = {"lab.ipynb": "{}", "second.ipynb": "{}"}
CASES = {
    "all of it": (NOTEBOOKS, {}),
    "a notebook is missing": ({"lab.ipynb": "{}"}, {}),
    "a notebook that nobody asked for": ({**NOTEBOOKS, "mine.ipynb": "{}"}, {}),
    "no notebook that is known": ({"mine.ipynb": "{}"}, {}),
    "no notebook": ({"notes.txt": "mine"}, {}),
    "with a time": ({**NOTEBOOKS, "timestamp.txt": "2026-10-01 12:00:00 UTC"}, {}),
    "with the instructor's files changed": (NOTEBOOKS | dict.fromkeys(("data.txt", "open.txt", "own.txt"), "mine"), {}),
    "a student who is not in the class": (NOTEBOOKS, {"create_student": False}),
}


@pytest.fixture(scope="module")
def generated(course, tmp_path_factory) -> Course:
    """With two files beside the notebooks; students are to change one of them."""
    copy = course.copy(tmp_path_factory.mktemp("begin") / "course")
    for name in ("data.txt", "open.txt"):
        (copy.root / "source" / ASSIGNMENT / name).write_text("the instructor's")
    return copy


def begun(course: Course, kind: type[Autograde], options: dict) -> dict:
    """What there is after a submission has begun twice: as when somebody is graded again."""
    with contextlib.chdir(course.root), course.gradebook() as gradebook:
        config = load_config(course.root, None)
        autograde = kind(coursedir=course.directory(), config=config, **options)
        autograde.exclude_overwriting = {ASSIGNMENT: ["open.txt"]}
        autograde.coursedir.student_id = "ada"
        autograde.gradebook, errors = gradebook, []
        for _ in range(2):
            autograde.notebooks = sorted(map(str, (course.root / "submitted/ada" / ASSIGNMENT).glob("*.ipynb")))
            try:
                autograde.init_assignment(ASSIGNMENT, "ada")
            except NbGraderException:
                errors.append("not graded")
        folder = course.root / "autograded" / "ada" / ASSIGNMENT
        gradebook.db.remove()
        return {
            "errors": errors,
            "notebooks": [Path(path).name for path in autograde.notebooks] if not errors else [],
            "files": {path.name: path.read_text() for path in sorted(folder.glob("*"))},
            "students": [student.id for student in gradebook.students],
            "times": [str(submission.timestamp) for submission in gradebook.assignment_submissions(ASSIGNMENT)],
            "grades": sorted(
                (notebook.name, grade.name, grade.auto_score, grade.needs_manual_grade)
                for notebook in gradebook.db.query(SubmittedNotebook)
                for grade in notebook.grades
            ),
        }


@pytest.mark.parametrize("case", CASES)
def test_it_begins_as_by_nbgraders_own(case, generated, tmp_path):
    files, options = CASES[case]
    found = {}
    for kind in (Autograde, OneGradebook):
        course = generated.copy(tmp_path / kind.__name__)
        course.submit("ada", files)
        found[kind] = begun(course, kind, options)
    assert found[OneGradebook] == found[Autograde]
    assert found[OneGradebook]["students"] == ([] if options else ["ada"])
