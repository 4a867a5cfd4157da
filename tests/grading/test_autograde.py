"""`python -m grading autograde` on the class of submissions.py: what it leaves behind, and what it says."""

import subprocess

import pytest
from autograde_course import autograded, fresh, gradebook_of, ours
from register import CLASS
from tiny_course import ASSIGNMENT

FAILED_ALONE = {
    "not_json": "lab.ipynb is not valid JSON (line 1, column 2)",
    "renamed": "No notebook has the name of a lab in this assignment (lab, second). Submitted: lab (1).",
}


# Who is graded a second time by nbgrader's own command; `make test-all` does that with the whole class.
SOME = ("reference", "skip_tags", "rewritten_tests", *FAILED_ALONE)


@pytest.fixture(scope="module")
def parallel(graded):
    """The class, as our command has graded it."""
    graded.course.run = graded.run
    return graded.course


@pytest.fixture(scope="module", params=[SOME, pytest.param((*CLASS,), marks=pytest.mark.slow)], ids=["some", "all"])
def serially(request, course, tmp_path_factory):
    """Some of the class or all of it, as `nbgrader autograde` grades them."""
    own = fresh(course, tmp_path_factory.mktemp("serially") / "course")
    for student in request.param:
        own.submit(student, CLASS[student](own))
    own.run = own.nbgrader("autograde", ASSIGNMENT)
    return own


def row(run: subprocess.CompletedProcess, student: str) -> str:
    (line,) = (line for line in run.stdout.splitlines() if line.startswith(f"{student} "))
    return line


def test_the_gradebook_is_that_of_a_serial_run(serially, parallel):
    students = {path.name for path in (serially.root / "submitted").iterdir()} - {"not_json"}  # nbgrader never sees it
    assert gradebook_of(serially) == {name: of for name, of in gradebook_of(parallel).items() if name in students}
    assert len(gradebook_of(serially)) == len(students)


def test_the_autograded_files_are_those_of_a_serial_run(serially, parallel):
    students = {path.name for path in (serially.root / "submitted").iterdir()}
    ours = {name: file for name, file in autograded(parallel).items() if name.split("/")[0] in students}
    assert len(ours) == len(students) - len(FAILED_ALONE) + 1  # one handed in two notebooks
    assert autograded(serially) == ours


def test_nbgraders_log_names_who_was_not_graded_and_its_exit_status_tells(serially):
    assert serially.run.returncode == 1
    assert "error processing assignment 'phase-00' for student 'renamed'" in serially.run.stdout
    assert "/not_json/phase-00: lab.ipynb is not valid JSON" in serially.run.stdout


def test_nbgraders_log_names_the_tests_that_were_changed_and_no_others(serially):
    # A released test lacks its hidden part, which is no change of the student's.
    assert serially.run.stdout.count("was changed; restored") == len(("test_double", "test_ratio"))


def test_the_exit_status_tells_that_a_person_has_to_look(parallel):
    assert parallel.run.returncode == 1, parallel.run.stderr


def test_the_table_tells_everybodys_points(parallel):
    for student, points in {"reference": 6, "skip_tags": 3, "untouched": 0}.items():
        assert row(parallel.run, student).split()[:2] == [student, str(points)]
    assert row(parallel.run, "reference").split() == ["reference", "6"]


def test_what_cannot_be_read_fails_alone_and_the_table_says_why(parallel):
    for student, reason in FAILED_ALONE.items():
        name, points, why = row(parallel.run, student).split(maxsplit=2)
        assert points == "-" and reason in why


def test_the_last_line_sums_up(parallel):
    last = parallel.run.stdout.splitlines()[-1]
    assert last.startswith("15 graded (median 3 points, lowest 0, highest 6), 2 not graded; ")


def test_stderr_holds_the_progress_bar_and_nothing_else(parallel):
    lines = parallel.run.stderr.replace("\r", "\n").split("\n")
    assert "100%" in lines[-2] and "failed=1" in lines[-2]
    assert [line for line in lines if line.strip() and "submission" not in line] == []


def test_who_has_been_graded_is_left_alone(parallel, capsys):
    before = gradebook_of(parallel)
    assert ours(parallel) == 1
    said = capsys.readouterr().out
    assert "0 graded, 2 not graded, 15 already graded, unchanged" in said
    assert "reference" not in said and "not_json" in said
    assert gradebook_of(parallel) == before
