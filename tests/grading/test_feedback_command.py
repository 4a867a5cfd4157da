"""`nbgrader generate_feedback` and `python -m grading feedback` write the same pages."""

import os
import re

import pytest
from graded_course import gradebook_of, hand_in, make_course, write_graded
from tiny_course import ASSIGNMENT

from grading.__main__ import main

STUDENTS = ("ada", "bob", "cleo", "dev")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("feedback") / "course")
    with gradebook_of(course.root) as gradebook:
        for student in STUDENTS:
            hand_in(gradebook, student, test_double=0, test_ratio=3, test_triple=None)
            write_graded(course, student)
        grade = gradebook.find_grade("test_ratio", "lab", ASSIGNMENT, "bob")
        grade.manual_score = 1.5
        gradebook.find_comment("double", "lab", ASSIGNMENT, "bob").manual_comment = "See <b>me</b><script>x()</script>"
        gradebook.db.commit()
    return course


@pytest.fixture
def feedback(course, monkeypatch, capsys):
    """Run the command in the course; its exit status and what it printed."""
    monkeypatch.chdir(course.root)

    def feedback(*arguments: str) -> tuple[int, str]:
        status = main(["feedback", ASSIGNMENT, "--workers", "1", *arguments])
        printed = capsys.readouterr()
        return status, printed.out + re.sub(r".*\r.*", "", printed.err)

    return feedback


def page(course, student: str, name: str = "lab"):
    return course.root / "feedback" / student / ASSIGNMENT / f"{name}.html"


def test_nbgraders_own_command_writes_pages_without_hidden_tests_and_ours_writes_the_same(course, feedback):
    printed = course.nbgrader("generate_feedback", ASSIGNMENT, "--student", "ada", "--force")
    assert printed.returncode == 0, printed.stdout
    html = page(course, "ada").read_text()
    assert "double(0)" not in re.sub("<[^>]*>", "", html)
    assert "# hidden tests are run here" in html and "A hidden test failed" in html
    assert "AssertionError: It fails.\nLikely cause: a cause." in html
    assert "<script" not in html
    second = page(course, "ada", "second").read_text()
    assert feedback("--student", "ada", "--force")[0] == 0
    assert (page(course, "ada").read_text(), page(course, "ada", "second").read_text()) == (html, second)


def test_points_and_comments_of_a_person_are_shown(course, feedback):
    feedback("--student", "bob", "--force")
    html = page(course, "bob").read_text()
    assert "<td>1.5</td><td>3</td>" in html
    assert "See <b>me</b>&lt;script&gt;x()&lt;/script&gt;" in html


def test_a_cell_that_nobody_has_graded_is_not_shown_as_zero(course, feedback):
    feedback("--student", "bob", "--force")
    html = page(course, "bob", "second").read_text()
    assert "<td>–</td><td>1</td>" in html and "not graded yet" in html


def test_pages_that_are_there_are_left_alone(course, feedback):
    feedback("--force")
    before = page(course, "cleo").stat().st_mtime_ns
    assert feedback() == (
        0,
        f"Feedback for {ASSIGNMENT}: 0 written, 4 up to date (--force rewrites them).\n",
    )
    assert page(course, "cleo").stat().st_mtime_ns == before


def test_a_page_that_was_broken_off_is_missing_or_is_older_than_the_graded_notebook_is_written_anew(course, feedback):
    feedback("--force")
    page(course, "ada").write_text(page(course, "ada").read_text()[:-50])
    page(course, "bob", "second").unlink()
    long_ago = page(course, "cleo").stat().st_mtime - 10_000
    os.utime(page(course, "cleo"), (long_ago, long_ago))
    assert "3 written, 1 up to date" in feedback()[1]
    assert page(course, "ada").read_text().rstrip().endswith("</html>")
    assert page(course, "bob", "second").exists()


def test_after_grading_by_hand_the_pages_of_that_student_are_written_anew(course, feedback):
    feedback("--force")
    with gradebook_of(course.root) as gradebook:
        gradebook.find_grade("test_ratio", "lab", ASSIGNMENT, "cleo").manual_score = 2.25
        gradebook.find_comment("double", "lab", ASSIGNMENT, "dev").manual_comment = "Well reasoned."
        gradebook.db.commit()
    assert "2 written, 2 up to date" in feedback()[1]
    assert "<td>2.25</td>" in page(course, "cleo").read_text()
    assert "Well reasoned." in page(course, "dev").read_text()
    assert "0 written, 4 up to date" in feedback()[1]


def test_a_notebook_that_cannot_be_read_costs_its_own_student_only(course, feedback):
    broken = course.root / "autograded" / "dev" / ASSIGNMENT / "lab.ipynb"
    right = broken.read_text()
    broken.write_text("{")
    try:
        status, printed = feedback("--force")
        assert status == 1
        assert "dev: not written. lab.ipynb: NotJSONError" in printed and "3 written, 1 failed" in printed
        assert page(course, "ada").exists() and not page(course, "dev").exists()
    finally:
        broken.write_text(right)


def test_several_processes_write_what_one_does(course, feedback):
    feedback("--force")
    before = {student: page(course, student).read_text() for student in STUDENTS}
    assert feedback("--force", "--workers", "2")[0] == 0
    assert {student: page(course, student).read_text() for student in STUDENTS} == before


def test_what_is_not_there_is_named(course, feedback, monkeypatch, tmp_path, capsys):
    assert feedback("--student", "nobody") == (
        2,
        f"No graded submission of nobody for {ASSIGNMENT}. Next step: python -m grading autograde {ASSIGNMENT}\n",
    )
    assert feedback("--workers", "0")[1] == "--workers 0: must be at least 1.\n"
    status, printed = feedback("--db", "sqlite:////no/such/folder/gradebook.db")
    assert status == 2 and "Gradebook error: unable to open database file" in printed
    assert printed.endswith("check that --db sqlite:////no/such/folder/gradebook.db is the gradebook's URL.\n")
    assert main(["feedback", "phase-99"]) == 2
    assert f"The gradebook has no assignment 'phase-99', only {ASSIGNMENT}. Next step: " in capsys.readouterr().err
    with gradebook_of(course.root) as gradebook:
        gradebook.add_assignment("phase-98")
        assert main(["feedback", "phase-98"]) == 2
        gradebook.remove_assignment("phase-98")
    nothing = "Nothing of phase-98 is graded. Next step: python -m grading autograde phase-98\n"
    assert capsys.readouterr().err == nothing
    monkeypatch.chdir(tmp_path)
    assert "contains no nbgrader_config.py" in feedback()[1]
