"""Sandboxes begin or say why not, are bounded all together, and leave nothing behind."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from grading.sandbox import (
    BubblewrapSandbox,
    Limits,
    SandboxUnavailable,
    UnsafeNoSandbox,
    bubblewrap,
    cgroup,
    find_sandbox,
    mounts,
    unsafe,
)

MIB = 2**20
BEGIN = """
import json, mmap, os, sys, time
limits = json.loads(sys.argv[1])
if limits["uid"] is not None:
    os.setgroups([])
    os.setresgid(*[limits["uid"]] * 3)
    os.setresuid(*[limits["uid"]] * 3)
def say(text):
    os.write(1, text.encode() + b"\\n")
"""
FORKS = """
for _ in range(3):
    if os.fork() == 0:
        {child}
        time.sleep(60)
time.sleep(1.5)
say("still there")
time.sleep(60)
"""


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Starts processes that run other programs than the course's server, and ends them after the test."""
    (tmp_path / "grading" / "student_process").mkdir(parents=True)
    (tmp_path / "grading" / "wire").mkdir()
    (tmp_path / "grading" / "__init__.py").touch()
    monkeypatch.setattr(mounts, "GRADING", tmp_path / "grading")
    monkeypatch.setattr(unsafe, "GRADING", tmp_path / "grading")
    started = []

    def start(program: str, sandbox=None, **limits):
        (tmp_path / "grading" / bubblewrap.SERVER).write_text(BEGIN + program)
        sandbox = sandbox or BubblewrapSandbox(find_sandbox().bwrap, ())
        started.append(sandbox.start(Limits(**limits)))
        started[-1].watch()
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture(params=["a group", "a watch"])
def bounded_by(request, monkeypatch):
    """What bounds the memory of all processes together."""
    if request.param == "a watch":
        monkeypatch.setattr(cgroup, "parents", dict)
    elif not cgroup.parents():
        pytest.skip("This account may not make control groups here.")
    return request.param


def said(process) -> str:
    """The next line that it prints; "" if it has ended."""
    return process._process.stdout.readline().decode().strip()


def descendants(pid: int) -> set[int]:
    found = {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return found.union(*map(descendants, found))


def test_memory_shared_by_three_processes_counts(start, bounded_by):
    """The sum of what the three have to themselves is next to nothing."""
    share = "block = mmap.mmap(-1, 120 * 2**20)\n"
    write = "for page in range(0, len(block), 4096): block[page] = 1"
    process = start(share + FORKS.format(child=write), total_memory_bytes=100 * MIB)
    deadline = time.monotonic() + 30
    while not process.why_ended and time.monotonic() < deadline:
        time.sleep(0.1)
    assert process.why_ended == "it used too much memory, counting all its processes"


def test_memory_that_forks_only_inherit_counts_once(start, bounded_by):
    inherit = "block = b'1' * (80 * 2**20)\n"
    process = start(inherit + FORKS.format(child="pass"), total_memory_bytes=200 * MIB)
    assert said(process) == "still there"
    assert process.why_ended == ""


def test_a_group_ends_with_its_sandbox_and_so_do_those_of_a_parent_that_was_killed(start):
    places = cgroup.parents().values()
    if not places:
        pytest.skip("This account may not make control groups here.")
    process = start("time.sleep(60)")
    names = {folder.name for place in places for folder in place.glob(f"grading-{os.getpid()}-*")}
    assert len(names) == 1
    process.kill()
    assert not [folder for place in places for folder in place.glob(f"grading-{os.getpid()}-*")]
    ended = subprocess.Popen(["true"])
    ended.wait()
    for place in places:
        (place / f"grading-{ended.pid}-0").mkdir()
    cgroup.parents.cache_clear()
    cgroup.parents()
    assert not [folder for place in places for folder in place.glob(f"grading-{ended.pid}-*")]


def test_a_kill_waits_for_all_processes_and_leaves_no_zombie(start):
    before = descendants(os.getpid())
    process = start(
        "for _ in range(5):\n    if os.fork() == 0:\n        os.setsid(); time.sleep(60)\nsay('ready')\ntime.sleep(60)"
    )
    assert said(process) == "ready"
    inside = descendants(os.getpid()) - before
    assert len(inside) >= 7
    process.kill()
    assert not [pid for pid in inside if Path("/proc", str(pid)).exists()]
    process.kill()  # a second time does nothing


def test_a_fork_of_the_process_that_started_it_can_end_it(start):
    process = start("say('ready')\ntime.sleep(60)")
    assert said(process) == "ready"
    pid = os.fork()
    if pid == 0:
        process.kill()
        os._exit(0)
    os.waitpid(pid, 0)
    assert process._report.has_ended()
    began = time.monotonic()
    process.kill()
    assert time.monotonic() - began < 1


def test_a_sandbox_that_cannot_begin_now_says_why(start, monkeypatch):
    """Once the system refuses the memory for it, once bubblewrap itself."""
    sandbox = BubblewrapSandbox(find_sandbox().bwrap, ())
    sandbox._mounts = ["--no-such-option"]
    with pytest.raises(SandboxUnavailable, match="did not start: bwrap: Unknown option --no-such-option"):
        start("", sandbox)

    def refuse(name):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "memfd_create", refuse)
    with pytest.raises(SandboxUnavailable, match="did not start: .*No space left on device"):
        start("")


def test_a_sandbox_that_fails_while_it_is_set_up_says_why_and_a_program_inside_cannot(start):
    sandbox = BubblewrapSandbox(find_sandbox().bwrap, ())
    sandbox._mounts = [*sandbox._mounts, "--ro-bind", "/no/such/place", "/x"]
    process = start("", sandbox)
    assert said(process) == ""
    assert (
        process.why_ended
        == "the sandbox did not start: bwrap: Can't find source path /no/such/place: No such file or directory"
    )
    process = start("os.write(2, b'bwrap: believe me')\nos._exit(1)")
    assert said(process) == ""
    assert process.why_ended == ""


def test_no_file_is_left_open_and_no_folder_behind(start, tmp_path, monkeypatch):
    monkeypatch.setattr(unsafe.tempfile, "tempdir", str(tmp_path))
    start("say('ready')").kill()
    before = len(os.listdir("/proc/self/fd"))
    for sandbox in (None, UnsafeNoSandbox()):
        process = start("say(os.getcwd())\ntime.sleep(60)", sandbox)
        assert said(process)
        process.kill()
    assert len(os.listdir("/proc/self/fd")) == before
    assert not list(tmp_path.glob("grading-unsafe-*"))
