"""A late submission loses the same, whether it is graded by hand, extended and graded again before or after."""

import contextlib
import csv
import datetime

import pytest
from autograde_course import gradebook_of, hand_in, ours, serial
from test_regrade import force, grade_by_hand
from tiny_course import ASSIGNMENT
from written_course import WrittenCourse

from grading.__main__ import main

pytestmark = pytest.mark.usefixtures("known")
DUE = datetime.datetime(2026, 3, 1, 12)
A_TENTH = """
from nbgrader.plugins import LateSubmissionPlugin

class ATenth(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 10

c.AssignLatePenalties.plugin_class = ATenth
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> WrittenCourse:
    """ada's code has 2 points, her answer gets 3 by hand, and she is a day late."""
    course = WrittenCourse(tmp_path_factory.mktemp("late") / "course")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(A_TENTH)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    hand_in(course, "ada", {"lab.ipynb": course.answered("Doubled.")}, "2026-03-02 12:00:00 UTC")
    serial(course)
    return course


def run(course: WrittenCourse, *arguments: str) -> None:
    with contextlib.chdir(course.root):
        assert main([arguments[0], ASSIGNMENT, *arguments[1:]]) == 0


def exported(course: WrittenCourse) -> tuple[str, str, str]:
    run(course, "export", "--to", "grades.csv")
    (row,) = csv.DictReader((course.root / "grades.csv").open())
    return row["points"], row["late_penalty"], row["total"]


def penalty(course: WrittenCourse) -> float | None:
    return gradebook_of(course)["ada"]["penalties"]["lab"]


@pytest.mark.parametrize(
    "line, said",
    [
        ("pass\n\nATenth = 'no.Such'", "The 'plugin_class' trait of "),
        ("return missing", "ATenth raised NameError: name 'missing' is not defined. Next step: correct c.AssignLate"),
        (
            "return 'x'",
            "ATenth returned 'x', which is not a number of points. Next step: correct c.AssignLatePenalties",
        ),
        ("return float('nan')", "ATenth returned nan, which is not a number of points"),
        ("return (", "nbgrader_config.py, line "),
        (
            "pass\n\nimport no_such_module",
            "ModuleNotFoundError: No module named 'no_such_module'. Next step: correct it",
        ),
    ],
)
@pytest.mark.parametrize("command", ["export", "report", "autograde"])
def test_a_mistake_in_the_instructors_own_penalty_is_named(course, monkeypatch, capsys, command, line, said):
    """There was a traceback; NaN made a late submission free."""
    config = course.root / "nbgrader_config.py"
    right = config.read_text()
    config.write_text(right.replace("return score / 10", line))
    monkeypatch.chdir(course.root)
    try:
        assert main([command, ASSIGNMENT, *(["--force"] if command == "autograde" else [])]) in (1, 2)
    finally:
        config.write_text(right)
    printed = "".join(capsys.readouterr())
    assert said in printed and "Traceback" not in printed
    serial(course)


def test_autograde_then_by_hand_is_by_hand_then_autograde(course):
    assert penalty(course) == pytest.approx(0.2)
    grade_by_hand(course, "ada")
    after_hand = exported(course)
    for grade in (serial, ours):
        force(course, grade)
        assert exported(course) == after_hand == ("5", "0.5", "4.5")


@pytest.mark.parametrize("stock", [True, False])
def test_a_feedback_page_has_todays_penalty(course, stock):
    grade_by_hand(course, "ada", 1)
    if stock:
        assert course.nbgrader("generate_feedback", ASSIGNMENT, "--force").returncode == 0
    else:
        run(course, "feedback", "--workers", "1")
    assert penalty(course) == pytest.approx(0.3)
    page = (course.root / "feedback" / "ada" / ASSIGNMENT / "lab.html").read_text()
    assert "<td>-0.3</td>" in page
    grade_by_hand(course, "ada", 3)


def test_an_extension_counts_at_once_and_the_page_says_so(course):
    grade_by_hand(course, "ada")
    run(course, "feedback", "--workers", "1")
    page = course.root / "feedback" / "ada" / ASSIGNMENT / "lab.html"
    assert "Late penalty" in page.read_text()
    with course.gradebook() as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "ada", days=1)
    run(course, "feedback", "--workers", "1")
    assert "Late penalty" not in page.read_text()
    assert exported(course) == ("5", "0", "5")
