"""For tests that break grading off: a class whose verdicts are known, and a process that dies at a given moment."""

import os
import signal
import sys
from pathlib import Path

import pytest
from autograde_course import fresh, hand_in, ours
from nbgrader.api import Gradebook
from register import WRONG, answered
from tiny_course import ASSIGNMENT, Course


class Class:
    """Two who have handed in for the first time, and one who has done so again, with another answer."""

    def __init__(self, course: Course, root: Path) -> None:
        self.before = fresh(course, root / "before")
        right = {"lab.ipynb": answered(course), "second.ipynb": answered(course, "second"), "data.csv": "1,2"}
        hand_in(self.before, "again", right, "2026-03-01 12:00:00 UTC")
        assert ours(self.before) == 0
        hand_in(self.before, "again", right | {"lab.ipynb": answered(course, **WRONG)}, "2026-03-02 12:00:00 UTC")
        hand_in(self.before, "right", right)
        hand_in(self.before, "wrong", {"lab.ipynb": answered(course, **WRONG)}, "2026-03-02 12:00:00 UTC")
        with Gradebook(f"sqlite:///{self.before.root}/gradebook.db", "mini-vllm") as gradebook:
            gradebook.find_grade("test_triple", "second", ASSIGNMENT, "again").manual_score = 0.5
            gradebook.db.commit()

    def copy(self, root: Path) -> Course:
        """The class before it is graded, in a new folder."""
        return self.before.copy(root)


def in_a_process(work, killed_at: int | None = None) -> int:
    """How many calls `work` made in a process of its own, or 0 if that was killed at the given one of them."""
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            calls = 0

            def count(*_) -> None:
                nonlocal calls
                calls += 1
                if calls == killed_at:
                    os.kill(os.getpid(), signal.SIGKILL)

            sys.setprofile(count)
            work()
            sys.setprofile(None)
            os.write(write_fd, str(calls).encode())
        finally:
            os._exit(0)
    os.close(write_fd)
    with open(read_fd) as answer:
        said = answer.read()
    os.waitpid(pid, 0)
    return int(said or 0)


@pytest.fixture(scope="module")
def some_class(course, known, tmp_path_factory) -> Class:
    return Class(course, tmp_path_factory.mktemp("class"))


@pytest.fixture(scope="module")
def clean(some_class, tmp_path_factory) -> Course:
    """The class, graded without a break."""
    course = some_class.copy(tmp_path_factory.mktemp("clean") / "course")
    assert ours(course) == 0
    return course
