"""work/ gets what it lacks from release/; what a student has there is never changed."""

import importlib.util
import os
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "working_copy.py"
PAGE, LAB = "phase-00/README.md", "phase-00/lab-01.ipynb"


@pytest.fixture
def working_copy():
    spec = importlib.util.spec_from_file_location("working_copy", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def course(tmp_path):
    for name in (PAGE, LAB, "phase-00/.ipynb_checkpoints/lab-01-checkpoint.ipynb"):
        (tmp_path / "release" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "release" / name).write_text(f"first {name}")
    return tmp_path


def content(course, name):
    return (course / "work" / name).read_text()


def test_the_first_time_every_visible_file_of_release_is_copied(working_copy, course):
    assert working_copy.update(course) == []
    files = {path.relative_to(course / "work").as_posix() for path in (course / "work").rglob("*") if path.is_file()}
    assert files == {PAGE, LAB, working_copy.RECORD}
    assert content(course, LAB) == f"first {LAB}"


def test_a_students_file_is_kept_and_nothing_is_said_while_release_stays_as_it_was(working_copy, course):
    working_copy.update(course)
    (course / "work" / LAB).write_text("answers")
    assert working_copy.update(course) == []
    assert content(course, LAB) == "answers"


def test_a_newer_lab_is_named_with_what_to_do_and_the_students_file_is_kept(working_copy, course):
    working_copy.update(course)
    (course / "work" / LAB).write_text("answers")
    (course / "release" / LAB).write_text("second")
    assert working_copy.update(course) == [LAB]
    assert content(course, LAB) == "answers"
    said = working_copy.advice([LAB])
    assert f"work/{LAB}" in said and "rename it and run `make lab`" in said and "\n" not in said


def test_a_page_that_the_student_has_not_changed_is_brought_up_to_date(working_copy, course):
    working_copy.update(course)
    (course / "release" / PAGE).write_text("second")
    assert working_copy.update(course) == []
    assert content(course, PAGE) == "second"
    (course / "work" / PAGE).write_text("notes")
    (course / "release" / PAGE).write_text("third")
    assert working_copy.update(course) == [PAGE]
    assert content(course, PAGE) == "notes"


def test_the_advice_works_renamed_the_old_file_makes_room_for_the_new_one(working_copy, course):
    working_copy.update(course)
    (course / "release" / LAB).write_text("second")
    (course / "work" / LAB).rename(course / "work" / "phase-00" / "mine.ipynb")
    assert working_copy.update(course) == []
    assert content(course, LAB) == "second" and content(course, "phase-00/mine.ipynb") == f"first {LAB}"
    assert working_copy.update(course) == []


def test_a_phase_that_an_update_brings_is_added(working_copy, course):
    working_copy.update(course)
    (course / "release" / "phase-01").mkdir()
    (course / "release" / "phase-01" / "lab-05.ipynb").write_text("new")
    assert working_copy.update(course) == []
    assert content(course, "phase-01/lab-05.ipynb") == "new"


def test_the_notebook_edited_last_is_the_one_saved_last_of_those_that_differ_from_their_copies(working_copy, course):
    for number in ("05", "06"):
        (course / "release" / f"phase-00/lab-{number}.ipynb").write_text("first")
    working_copy.update(course)
    (course / "work" / PAGE).write_text("notes")  # no notebook
    (course / "work/phase-00/mine.ipynb").write_text("mine")  # no lab
    assert working_copy.edited_last(course) is None
    for seconds, number in ((300, "06"), (200, "05")):
        copy = course / "work" / f"phase-00/lab-{number}.ipynb"
        copy.write_text("answers")
        os.utime(copy, (seconds, seconds))
    os.utime(course / "work" / LAB, (400, 400))  # saved without a change
    assert working_copy.edited_last(course) == "phase-00/lab-06.ipynb"
    (course / "work/phase-00/lab-06.ipynb").unlink()
    assert working_copy.edited_last(course) == "phase-00/lab-05.ipynb"


@pytest.mark.parametrize("damage", ["", "[]", "{", "\0"])
def test_a_damaged_record_costs_the_news_and_no_file(working_copy, course, damage):
    working_copy.update(course)
    (course / "work" / LAB).write_text("answers")
    (course / "work" / working_copy.RECORD).write_text(damage)
    assert working_copy.update(course) == []
    assert content(course, LAB) == "answers"


def test_a_copy_that_was_interrupted_is_made_again_whole(working_copy, course, monkeypatch):
    def half(original, copy):
        Path(copy).write_text("fir")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(working_copy.shutil, "copyfile", half)
        working_copy.update(course)
    working_copy.update(course)
    assert content(course, PAGE) == f"first {PAGE}" and content(course, LAB) == f"first {LAB}"


def test_a_link_of_the_students_is_left_alone_even_if_it_leads_nowhere(working_copy, course):
    (course / "work" / "phase-00").mkdir(parents=True)
    (course / "work" / LAB).symlink_to("/nowhere/lab.ipynb")
    working_copy.update(course)
    assert (course / "work" / LAB).is_symlink()


def test_where_work_cannot_be_written_the_error_is_the_systems(working_copy, course):
    (course / "work").write_text("a file")
    with pytest.raises(OSError):
        working_copy.update(course)
