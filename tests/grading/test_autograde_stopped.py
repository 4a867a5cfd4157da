"""A gradebook that is locked, a full disk, Ctrl-C: grading stops, says so, and leaves nothing half done."""

import os
import signal
import sqlite3
import subprocess
import time

import pytest
from autograde_course import autograded, fresh, gradebook_of, ours, start
from autograde_stops import clean, some_class  # noqa: F401 (fixtures)
from register import answered

from grading.autograde.begin import OneGradebook
from grading.autograde.record import Recorder
from grading.steps.points import SavePoints


@pytest.fixture
def begun(some_class, tmp_path):  # noqa: F811
    return some_class.copy(tmp_path / "course")


def assert_whole(course) -> None:
    """Nobody has files in autograded/ whose points are not on record."""
    grades = gradebook_of(course)
    for student in {name.split("/")[0] for name in autograded(course)}:
        assert None not in [auto for auto, *_ in grades[student]["grades"].values()], student


@pytest.mark.parametrize(
    ("where", "method", "moment"),
    [
        (Recorder, "prepare", 2),
        (Recorder, "record", 2),
        (OneGradebook, "init_assignment", 2),
        (SavePoints, "preprocess", 3),  # the first one handed in two notebooks
    ],
    ids=[
        "while a submission is prepared",
        "before a submission",
        "while it is put on record",
        "while its points are saved",
    ],
)
def test_a_locked_gradebook_stops_the_run(begun, clean, where, method, moment, monkeypatch, capsys):  # noqa: F811
    lock = sqlite3.connect(begun.root / "gradebook.db", isolation_level=None)
    original, calls = getattr(where, method), 0

    def locks_it(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls == moment:
            lock.execute("BEGIN EXCLUSIVE")
        return original(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(where, method, locks_it)
        assert ours(begun, "--db", f"sqlite:///{begun.root}/gradebook.db?timeout=0.1") == 2
    lock.close()
    said = capsys.readouterr().err
    assert "database is locked (another program is using it" in said and "run the same command again" in said
    assert_whole(begun)
    assert ours(begun) == 0
    assert gradebook_of(begun) == gradebook_of(clean)
    assert autograded(begun) == autograded(clean)


@pytest.mark.parametrize("free_kib", [24, *(pytest.param(free, marks=pytest.mark.slow) for free in (4, 48, 64))])
def test_a_full_disk_stops_the_run(some_class, clean, tmp_path, free_kib, capsys):  # noqa: F811
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root, and not in every container, may mount a small disk")
    try:
        course = some_class.copy(disk / "course")
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        (disk / "ballast").write_bytes(bytes(free - free_kib * 1024))
        assert ours(course) == 2
        said = capsys.readouterr().err
        assert "disk" in said.lower() or "No space left" in said
        assert "run the same command again" in said
        assert_whole(course)
        (disk / "ballast").unlink()
        assert ours(course) == 0
        assert gradebook_of(course) == gradebook_of(clean)
        assert autograded(course) == autograded(clean)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def processes_of(session_leader: subprocess.Popen) -> list[int]:
    """The process and all that descend from it."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as stat:
                state, parent = stat.read().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if state != "Z":
            children.setdefault(int(parent), []).append(int(entry))
    found, more = [], [session_leader.pid]
    while more:
        found.append(more.pop())
        more += children.get(found[-1], [])
    return found


def alive(pids: list[int]) -> list[int]:
    """Those that still run, after as long a wait as it takes for them to end."""
    for _ in range(100):
        pids = [pid for pid in pids if os.path.exists(f"/proc/{pid}") and not _is_zombie(pid)]
        if not pids:
            break
        time.sleep(0.1)
    return pids


def _is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def at_work(course, tmp_path):
    """The command, while two students' code runs in it that goes on for ever."""
    copy = fresh(course, tmp_path / "course")
    flag = "import time, subprocess\nsubprocess.Popen(['sleep', '1000'])\ntime.sleep(1000)\n"
    for student in ("ada", "ben"):
        copy.submit(student, {"lab.ipynb": answered(course, double=flag)})
    process = start(copy, "--workers", "2")
    for _ in range(600):
        family = processes_of(process)
        if len([pid for pid in family if _name(pid) == "sleep"]) == 2:
            break
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    yield process, family
    process.kill()
    process.communicate()


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm") as name:
            return name.read().strip()
    except OSError:
        return ""


def test_ctrl_c_ends_it_at_once_and_leaves_no_process_behind(at_work):
    process, family = at_work
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=25)
    assert process.returncode == 130
    assert out == "" and "Traceback" not in err
    assert err.endswith("Stopped. Run the same command again to continue.\n")
    assert alive(family) == []


@pytest.mark.slow
def test_killed_without_warning_it_leaves_no_process_behind_either(at_work):
    process, family = at_work
    process.kill()
    process.communicate()
    assert alive(family) == []
