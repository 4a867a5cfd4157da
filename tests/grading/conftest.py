"""One tiny course, generated once, and one class, graded in one run."""

import pytest
import submissions  # noqa: F401 (fills CLASS)
from register import CLASS
from tiny_course import ASSIGNMENT, Course


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Course:
    """As in a fresh clone release/ is there and gradebook.db is not; then generated."""
    course = Course(tmp_path_factory.mktemp("course"))
    (course.root / "release" / ASSIGNMENT).mkdir(parents=True)
    run = course.nbgrader("generate_assignment", ASSIGNMENT)
    assert run.returncode == 0, run.stdout
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
