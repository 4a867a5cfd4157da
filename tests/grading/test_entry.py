"""What of a submission is opened, moved away or refused, before nbgrader reads a byte of it."""

import logging
import os
import signal
import socket

import pytest
from autograde_course import autograded, fresh, ours, serial
from register import answered
from tiny_course import ASSIGNMENT

from grading.plain_text import few
from grading.sandbox import SandboxUnavailable
from grading.steps import entry
from grading.steps.entry import Refused, admit, read_regular


@pytest.fixture(autouse=True)
def never_waits():
    """A FIFO that is opened in the ordinary way waits for ever."""

    def too_long(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def folder(tmp_path):
    """A submission, beside the instructor's secrets."""
    (tmp_path / "gradebook.db").write_text("secret")
    folder = tmp_path / "submitted" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "lab.ipynb").write_text('{"cells": []}')
    (folder / "data.csv").write_text("1,2")
    return folder


def sparse(num_bytes: int):
    def make(path):
        with open(path, "wb") as file:
            file.truncate(num_bytes)

    return make


def bound_socket(path):
    with socket.socket(socket.AF_UNIX) as sock:
        folder = os.open(path.parent, os.O_RDONLY)
        sock.bind(f"/proc/self/fd/{folder}/{path.name}")  # the path of a socket has to be short
        os.close(folder)


NO_FILES = {
    "FIFO": os.mkfifo,
    "socket": bound_socket,
    "folder": lambda path: path.mkdir(),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to the gradebook": lambda path: path.symlink_to("../../../gradebook.db"),
    "link to nothing": lambda path: path.symlink_to("nowhere"),
    "hard link": lambda path: os.link(path.parents[3] / "gradebook.db", path),
    "2 GiB of nothing": sparse(2**31),
    "a megabyte of digits": lambda path: path.write_text("9" * 10**6),
}


@pytest.mark.parametrize("make", NO_FILES.values(), ids=NO_FILES)
def test_a_timestamp_that_is_no_small_file_is_set_aside_and_never_waited_for(folder, make):
    make(folder / "timestamp.txt")
    (sentence,) = admit(folder)
    assert sentence.startswith("timestamp.txt was a") or "too large" in sentence
    assert not os.path.lexists(folder / "timestamp.txt")


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-45 99:99:99 Nowhere", "99999-01-01 00:00 +99:99", "9" * 900, b"\xff\xfe\x00"]
)
def test_a_timestamp_that_holds_no_time_is_refused(folder, text):
    (folder / "timestamp.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refused, match="timestamp.txt contains no time"):
        admit(folder)


@pytest.mark.parametrize("text", ["", " \n", "2026-11-02T21:45:10.1+01:00\r\n", "Nov 2, 2026 9:45 PM", "2026-11-02"])
def test_a_time_in_an_odd_form_and_none_at_all_are_taken(folder, text):
    admit(folder)
    (folder / "timestamp.txt").write_text(text)
    admit(folder)


def test_a_folder_of_somebody_else_is_refused(folder):
    student, other = folder.parent, folder.parents[1] / "ben"
    other.symlink_to(student)
    with pytest.raises(Refused, match="ben is a link to"):
        admit(other / ASSIGNMENT)
    (student / "phase-01").symlink_to(ASSIGNMENT)
    with pytest.raises(Refused, match="phase-01 is a link to"):
        admit(student / "phase-01")


def test_a_file_in_place_of_the_folder_is_refused(folder):
    (folder.parent / "phase-01").write_text("zip")
    with pytest.raises(Refused, match="a file, not a folder"):
        admit(folder.parent / "phase-01")


FILES = {
    "a link to": lambda path: path.symlink_to("../../../gradebook.db"),
    "a FIFO": os.mkfifo,
    "a socket": bound_socket,
    "a hard link": lambda path: os.link(path.parents[3] / "gradebook.db", path),
    "too large": sparse(entry.MAX_NOTEBOOK_BYTES + 1),
}


@pytest.mark.parametrize("name", ["lab.ipynb", "more.ipynb", "odd \x1b[2J\u202e name"])
@pytest.mark.parametrize("why", FILES)
def test_what_is_no_regular_file_of_bounded_size_is_admit(folder, why, name):
    (folder / name).unlink(missing_ok=True)
    FILES[why](folder / name)
    (sentence,) = admit(folder)
    assert sentence.startswith(f"{name} was {why}")
    assert os.path.lexists(folder.with_name(f"{ASSIGNMENT}.set-aside") / name)
    for path in folder.iterdir():
        assert path.is_file() and not path.is_symlink() and path.stat().st_size < 1000
    assert (folder / name).exists() == name.endswith(".ipynb")
    assert admit(folder) == []


def test_too_many_files_go_as_a_whole_and_take_six_lines(folder):
    (folder / "many").mkdir()
    for number in range(entry.MAX_FILES + 1):
        (folder / "many" / str(number)).touch()
        (folder / str(number)).symlink_to("lab.ipynb")
    sentences = admit(folder)
    assert len(sentences) == entry.MAX_FILES + 2
    assert len(few(sentences)) == 6 and "and 997 more" in few(sentences)[-1]
    assert (folder.with_name(f"{ASSIGNMENT}.set-aside") / "many" / "7").exists()
    assert (folder / "data.csv").exists()


def test_a_file_is_read_only_if_it_is_a_regular_one(folder):
    assert read_regular(folder / "data.csv", 3) == b"1,2"
    with pytest.raises(ValueError, match="too large"):
        read_regular(folder / "data.csv", 2)
    os.mkfifo(folder / "pipe")
    with pytest.raises(ValueError, match="a FIFO"):
        read_regular(folder / "pipe", 100)
    (folder / "link").symlink_to("data.csv")
    with pytest.raises(OSError):
        read_regular(folder / "link", 100)


@pytest.fixture
def class_of_odd_ones(course, tmp_path):
    copy = fresh(course, tmp_path / "course")
    for student in ("ada", "fifo", "late", "zoe"):
        copy.submit(student, {"lab.ipynb": answered(course)})
    os.mkfifo(copy.root / "submitted" / "fifo" / ASSIGNMENT / "timestamp.txt")
    (copy.root / "submitted" / "late" / ASSIGNMENT / "timestamp.txt").write_text("tomorrow")
    (copy.root / "submitted" / "zoe" / ASSIGNMENT / "secrets").symlink_to("../../../gradebook.db")
    (copy.root / "submitted" / "thief").symlink_to("ada")
    (copy.root / "submitted" / "paper.pdf").write_text("%PDF")
    return copy


def test_our_command_grades_the_others_and_names_these(class_of_odd_ones, known, capsys):
    assert ours(class_of_odd_ones) == 1
    said = capsys.readouterr().out
    assert "fifo             5  timestamp.txt was a FIFO" in said
    assert "late             -  timestamp.txt contains no time" in said
    assert "thief            -  thief is a link to ada" in said
    assert "paper.pdf        -  It is not a folder." in said
    assert "zoe              5  secrets was a link to ../../../gradebook.db. It was set aside" in said
    assert "3 graded" in said and "3 not graded" in said
    assert {name.split("/")[0] for name in autograded(class_of_odd_ones)} == {"ada", "fifo", "zoe"}


def test_nbgrader_grades_the_others_and_names_these(class_of_odd_ones, known, caplog):
    with caplog.at_level(logging.WARNING):
        serial(class_of_odd_ones)
        said = " ".join(caplog.messages)
        assert f"/fifo/{ASSIGNMENT}: timestamp.txt was a FIFO" in said
        assert f"/late/{ASSIGNMENT}: timestamp.txt contains no time" in said
        assert f"/thief/{ASSIGNMENT}: thief is a link to ada" in said
        assert f"/zoe/{ASSIGNMENT}: secrets was a link to" in said
        assert {name.split("/")[0] for name in autograded(class_of_odd_ones)} == {"ada", "fifo", "zoe"}
        caplog.clear()
        serial(class_of_odd_ones, student="late")  # as the Formgrader's button does
        assert "timestamp.txt contains no time" in " ".join(caplog.messages)


def test_without_a_sandbox_nbgrader_says_so_once(class_of_odd_ones, monkeypatch, caplog):
    def there_is_none(is_waived: bool) -> None:
        raise SandboxUnavailable("bubblewrap is not installed.")

    monkeypatch.setattr(entry, "find_sandbox", there_is_none)
    serial(class_of_odd_ones)
    assert caplog.messages == ["bubblewrap is not installed."]
    assert autograded(class_of_odd_ones) == {}
