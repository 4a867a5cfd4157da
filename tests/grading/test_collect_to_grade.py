"""From a platform's download to the grade in the platform's own file: collect, autograde, export."""

import contextlib
import csv
import io

import pytest
from autograde_course import fresh, ours
from collect_course import CollectCourse
from platform_zips import Attempt, blackboard, canvas, moodle, notebook_bytes, sakai, zipped
from register import answered
from tiny_course import ASSIGNMENT

from grading.__main__ import main

pytestmark = pytest.mark.slow  # collect, autograde and export have fast tests, each by itself


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """A class of which everybody uses another platform, collected and graded."""
    copy = fresh(course, tmp_path_factory.mktemp("collect") / "course")
    collecting = CollectCourse(copy.root)
    right, half = answered(copy), answered(copy, ratio="def ratio(a, b):\n    return 0")
    second = notebook_bytes(answered(copy, "second"))
    submissions = {
        moodle: Attempt("Zoë", "Müller", "zoe", 1234567, {"lab-Copy1.ipynb": notebook_bytes(right)}),
        canvas: Attempt(
            "太郎", "山田", "taro", 102, {"second.ipynb": notebook_bytes(half), "w.zip": zipped({"a.ipynb": second})}
        ),
        blackboard: Attempt("Ada", "Lovelace", "ada", 3, {"lab.ipynb": notebook_bytes(right)}),
        sakai: Attempt("Bo", "Ek", "bo", 4, {"lab (1).ipynb": notebook_bytes(half)}),
    }
    for platform, attempt in submissions.items():
        assert collecting.collect(platform.__name__, platform([attempt])) == 0
    ours(copy)
    return copy


def test_the_points_are_those_of_the_work(graded):
    with contextlib.chdir(graded.root), contextlib.redirect_stdout(io.StringIO()) as printed:
        main(["export", ASSIGNMENT, "--to", "-"])
    totals = {row["student_id"]: row["total"] for row in csv.DictReader(io.StringIO(printed.getvalue()))}
    assert totals == {"Zoë-Müller-1234567": "5", "山田太郎-102": "3", "ada": "5", "bo": "2"}


THEIRS = [
    (
        "--moodle-worksheet",
        'Identifier,"Full name",Grade,"Maximum Grade","Last modified (grade)"\n'
        'Participant 1234566,"Zoë Müller",,6.00,-\nParticipant 1234567,"Zoë Müller",{},6.00,-\n',
        "5",
    ),
    (
        "--canvas",
        'Student,ID,SIS Login ID,Section,Lab (1)\n    Points Possible,,,,6\n"山田, 太郎",102,xyz,A,{}\n',
        "3",
    ),
]


@pytest.mark.parametrize("flag,text,grade", THEIRS, ids=["moodle", "canvas"])
def test_the_grade_stands_in_their_file(flag, text, grade, graded):
    """Found by the number that the download had; another student of the same name gets nothing."""
    (graded.root / "theirs.csv").write_text(text.format(""))
    with contextlib.chdir(graded.root):
        main(["export", ASSIGNMENT, flag, "theirs.csv"])
    assert (graded.root / "theirs-graded.csv").read_text() == text.format(grade)


def test_a_later_attempt_is_graded_again(graded):
    collecting = CollectCourse(graded.root)
    later = Attempt("Bo", "Ek", "bo", 4, {"lab.ipynb": notebook_bytes(answered(graded))}, "2026-11-03-08-00-00")
    assert collecting.collect("sakai", sakai([later])) == 0
    ours(graded)
    assert graded.points()["bo"]["test_ratio"] == 3
