"""Graded again: points by hand stay, and are looked at again only if the answer changed; penalties and points follow.

Each is done in a course that nbgrader's own loop grades, and in one that our command does.
"""

import datetime
import shutil

import pytest
from autograde_course import gradebook_of, hand_in, ours, serial
from tiny_course import ASSIGNMENT
from written_course import WrittenCourse

from grading.steps.points import SavePoints

pytestmark = pytest.mark.usefixtures("known")
SLOWER = "def double(x):\n    return x + x"
GRADED = (None, 3, None, False)  # automatic, by hand, extra, needs a person
REOPENED = (None, 3, None, True)


def grade_by_hand(course: WrittenCourse, student: str, points: float = 3) -> None:
    """As the Formgrader does."""
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("whiteboard", "lab", ASSIGNMENT, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("whiteboard", "lab", ASSIGNMENT, student).manual_comment = "Well thought."
        gradebook.db.commit()


def board(course: WrittenCourse, student: str) -> tuple:
    of = gradebook_of(course)[student]
    assert of["comments"]["whiteboard"] == (None, "Well thought.")
    return of["grades"]["whiteboard"]


@pytest.fixture(scope="module", params=[serial, ours])
def begun(request, tmp_path_factory):
    """(a course in which ada's answer has 3 points by hand, how it is graded)."""
    course = WrittenCourse(tmp_path_factory.mktemp("begun") / "course")
    hand_in(course, "ada", {"lab.ipynb": course.answered("Doubled.")}, "2026-03-01 12:00:00 UTC")
    request.param(course)
    grade_by_hand(course, "ada")
    return course, request.param


@pytest.fixture
def graded(begun, tmp_path):
    """The same, in a copy of its own."""
    course, grade = begun
    return course.copy(tmp_path / "course"), grade


def force(course, grade) -> None:
    grade(course, force=True) if grade is serial else grade(course, "--force")


def test_a_hand_grade_stands_while_its_answer_does_whatever_else_changes(graded):
    course, grade = graded
    force(course, grade)
    assert board(course, "ada") == GRADED
    hand_in(course, "ada", {"lab.ipynb": course.answered("Doubled.", SLOWER)}, "2026-03-02 12:00:00 UTC")
    grade(course)
    assert gradebook_of(course)["ada"]["timestamp"] == datetime.datetime(2026, 3, 2, 12)
    assert board(course, "ada") == GRADED


def test_a_changed_answer_waits_until_a_person_has_looked(graded):
    course, grade = graded
    hand_in(course, "ada", {"lab.ipynb": course.answered("Halved.")}, "2026-03-02 12:00:00 UTC")
    grade(course)
    assert board(course, "ada") == REOPENED
    force(course, grade)
    assert board(course, "ada") == REOPENED
    grade_by_hand(course, "ada")
    force(course, grade)
    assert board(course, "ada") == GRADED


def test_a_run_killed_when_the_old_notebook_is_gone_loses_no_hand_grade(graded, monkeypatch):
    course, grade = graded
    with monkeypatch.context() as patch:
        patch.setattr(SavePoints, "preprocess", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        try:
            force(course, grade)
        except KeyboardInterrupt:
            pass
    shutil.rmtree(course.root / "autograded" / "ada", ignore_errors=True)  # what a kill leaves nobody to tidy up
    grade(course)
    assert board(course, "ada") == GRADED


def test_changed_points_of_a_test_are_those_of_everybody_after_the_next_run(graded, capsys):
    course, grade = graded
    for points in (1, 5):
        course.release(points)
        ours(course)
        assert gradebook_of(course)["ada"]["grades"]["test_double"][0] == points
        assert board(course, "ada") == GRADED
    capsys.readouterr()
    ours(course)
    assert "0 graded" in capsys.readouterr().out


def test_points_from_before_there_was_a_record_of_them_follow_too(graded):
    course, _ = graded
    with course.gradebook() as gradebook:
        gradebook.db.connection().exec_driver_sql("DROP TABLE graded_for")
        gradebook.db.commit()
    course.release(points=1)
    ours(course)
    assert gradebook_of(course)["ada"]["grades"]["test_double"][0] == 1
