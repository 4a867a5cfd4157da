"""One tiny course, generated once, and one class, graded in one run."""

import pytest
import submissions  # noqa: F401 (fills CLASS)
from empty_gradebook import empty_gradebook
from known_verdicts import KnownVerdicts
from register import CLASS
from tiny_course import ASSIGNMENT, Course

from grading.autograde import command
from grading.steps import execute


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Course:
    course = Course(tmp_path_factory.mktemp("course"))
    (course.root / "gradebook.db").write_bytes(empty_gradebook())
    course.generate()
    return course


class GradedClass:
    """What one `nbgrader autograde` over all submissions printed, and what it left in the gradebook."""

    def __init__(self, course: Course) -> None:
        for student, hand_in in CLASS.items():
            course.submit(student, hand_in(course))
        run = course.nbgrader("autograde", ASSIGNMENT)
        self.exit_status, self.log = run.returncode, run.stdout
        self.points = course.points()

    def lab(self, student: str) -> tuple:
        """The points of the first notebook's tests, of 2 and of 3."""
        return self.points[student]["test_double"], self.points[student]["test_ratio"]


@pytest.fixture(scope="session")
def graded(course) -> GradedClass:
    return GradedClass(course)


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
