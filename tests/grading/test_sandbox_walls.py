"""What code in the sandbox sees of the machine: nothing of the instructor's, wherever course and environment lie."""

import contextlib
import functools
import os
import sys
import tempfile
from pathlib import Path

import pytest
from graders import ENVIRONMENT, ordinary_user
from sandboxed_course import LAYOUTS, SandboxedCourse

from grading.sandbox import BubblewrapSandbox, SandboxUnavailable, find_sandbox

SECRET = next(iter(ENVIRONMENT.values()))


@pytest.fixture(scope="module")
def an_ordinary_uid():
    try:
        return ordinary_user().uid
    except PermissionError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module", params=["oneself", "an ordinary user"])
def uid(request):
    return None if request.param == "oneself" else request.getfixturevalue("an_ordinary_uid")


@contextlib.contextmanager
def open_folder():
    """A folder that every account may pass; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="walls-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@functools.cache
def seen_inside(layout: str, uid: int | None) -> dict:
    """What code in the sandbox sees. `grading` lies in the course for one account, is installed for the other."""
    with open_folder() as place:
        return SandboxedCourse(place, layout, is_installed=uid is not None, uid=uid).seen()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_of_the_course_is_there(layout):
    assert seen_inside(layout, None)["marked"] == []


# The folders are hidden in the same way for everybody; `make test` looks at one as another user.
@pytest.mark.parametrize(
    "layout",
    [pytest.param(name, marks=() if name == "environment in the course" else pytest.mark.slow) for name in LAYOUTS],
)
def test_nothing_of_the_course_is_there_for_an_ordinary_user(an_ordinary_uid, layout):
    assert seen_inside(layout, an_ordinary_uid)["marked"] == []


def test_nothing_of_the_account_is_there(uid):
    seen = seen_inside("environment elsewhere", uid)
    told = "".join((*seen["environments"], *seen["command lines"]))
    assert SECRET not in told and "walls-" not in told
    assert len(seen["command lines"]) == 2  # bubblewrap's own process 1, and the server
    files = {file.split(":")[0] for file in seen["open files"]}
    assert files <= {"", "pipe", "anon_inode", "/dev/null"} and {*seen["open folders"]} <= {"", "/", "/tmp"}
    assert (seen["host"], seen["etc"], seen["cgroup"]) == ("sandbox", ["alternatives", "ld.so.cache"], ["/"])


def test_nothing_can_be_written_but_scratch_and_no_right_is_left(uid):
    seen = seen_inside("environment elsewhere", uid)
    # This environment may lie in /tmp, and the folders around it are scratch then.
    assert [path for path in seen["writable"] if not path.startswith("/tmp/")] == ["/dev/shm", "/tmp"]
    rights = dict(line.split(":\t") for line in seen["rights"])
    assert rights["NoNewPrivs"] == "1" and int(rights["CapEff"], 16) == int(rights["CapPrm"], 16) == 0
    assert not {"0", str(os.getuid())} & {*rights["Uid"].split()}


def test_a_course_that_shares_a_folder_with_python_is_refused():
    with pytest.raises(SandboxUnavailable, match="also one of Python's. Move the course elsewhere"):
        find_sandbox(hidden=(Path(sys.base_prefix, "lib"),))


def test_a_wall_with_a_hole_is_noticed_before_any_student_is_there(tmp_path):
    (tmp_path / "gradebook.db").touch()
    sandbox = BubblewrapSandbox(find_sandbox().bwrap, (tmp_path,))
    sandbox.check()
    sandbox._mounts += ["--ro-bind", str(tmp_path.parent), str(tmp_path.parent)]
    with pytest.raises(SandboxUnavailable, match="students could read gradebook.db"):
        sandbox.check()
