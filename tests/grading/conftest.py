"""One tiny course, generated once; one class, graded in one run; and verdicts that are remembered."""

import pytest
import submissions  # noqa: F401 (fills CLASS)
from autograde_course import fresh, run
from empty_gradebook import empty_gradebook
from known_verdicts import KnownVerdicts
from register import CLASS
from tiny_course import Course

from grading.autograde import command
from grading.judge.process import JudgeProcess
from grading.steps import execute


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Course:
    course = Course(tmp_path_factory.mktemp("course"))
    (course.root / "gradebook.db").write_bytes(empty_gradebook())
    course.generate()
    return course


class GradedClass:
    """What our command, in a process of its own, printed about all submissions, and what it left in the gradebook."""

    def __init__(self, course: Course) -> None:
        self.course = course
        for student, hand_in in CLASS.items():
            course.submit(student, hand_in(course))
        self.run = run(course)
        self.points = course.points()

    def lab(self, student: str) -> tuple:
        """The points of the first notebook's tests, of 2 and of 3."""
        return self.points[student]["test_double"], self.points[student]["test_ratio"]


@pytest.fixture(scope="session")
def graded(course, tmp_path_factory) -> GradedClass:
    return GradedClass(fresh(course, tmp_path_factory.mktemp("graded") / "course"))


@pytest.fixture(scope="session")
def judge():
    """The process that judges, for all tests that look at verdicts."""
    process = JudgeProcess()
    yield process
    process.close()


@pytest.fixture(scope="session")
def _verdicts():
    verdicts = KnownVerdicts()
    yield verdicts
    verdicts.end()


@pytest.fixture(scope="module")
def known(_verdicts):
    """For the tests of a module, our command and nbgrader's, in this process, know what has been judged before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "LocalPool", lambda num_workers: _verdicts)
        patch.setattr(execute, "judge_here", _verdicts.verdict)
        yield _verdicts
