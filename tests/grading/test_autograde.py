"""`python -m grading autograde` on the class of submissions.py: what it leaves behind, and what it says."""

import subprocess

import pytest
from autograde_course import autograded, fresh, gradebook_of, ours, run
from register import CLASS

FAILED_ALONE = {
    "not_json": "lab.ipynb is not valid JSON (line 1, column 2)",
    "renamed": "No notebook has the name of a lab in this assignment (lab, second). Submitted: lab (1).",
}


@pytest.fixture(scope="module")
def parallel(course, graded, tmp_path_factory):
    """The class of `graded`, graded by our command in a process of its own."""
    copy = fresh(course, tmp_path_factory.mktemp("parallel") / "course")
    for student, hand_in in CLASS.items():
        copy.submit(student, hand_in(course))
    copy.run = run(copy)
    return copy


def row(run: subprocess.CompletedProcess, student: str) -> str:
    (line,) = (line for line in run.stdout.splitlines() if line.startswith(f"{student} "))
    return line


def test_the_gradebook_is_that_of_a_serial_run(course, parallel):
    assert len(gradebook_of(parallel)) == len(CLASS) - 1  # nbgrader never sees the one that is no notebook
    assert gradebook_of(parallel) == gradebook_of(course)


def test_the_autograded_files_are_those_of_a_serial_run(course, parallel):
    assert len(autograded(parallel)) == len(CLASS) - len(FAILED_ALONE) + 1  # one handed in two notebooks
    assert autograded(parallel) == autograded(course)


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
