"""One tiny course, generated once, and one class, graded once."""

from concurrent.futures import ThreadPoolExecutor

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
    """What `nbgrader autograde` over all submissions printed, and what it left in the gradebooks."""

    def __init__(self, halves: list[Course]) -> None:
        for number, (student, hand_in) in enumerate(CLASS.items()):
            halves[number % len(halves)].submit(student, hand_in(halves[0]))
        with ThreadPoolExecutor() as pool:
            runs = list(pool.map(lambda half: half.nbgrader("autograde", ASSIGNMENT), halves))
        self.exit_statuses = [run.returncode for run in runs]
        self.log = "".join(run.stdout for run in runs)
        self.points = {student: points for half in halves for student, points in half.points().items()}

    def lab(self, student: str) -> tuple:
        """The points of the first notebook's tests, of 2 and of 3."""
        return self.points[student]["test_double"], self.points[student]["test_ratio"]


@pytest.fixture(scope="session")
def graded(course, tmp_path_factory) -> GradedClass:
    """The class in two halves, one run each, at the same time: most of a run is waiting for kernels."""
    halves = [tmp_path_factory.mktemp("half") for _ in range(2)]
    return GradedClass([course.copy_to(half) for half in halves])
