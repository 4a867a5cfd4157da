"""What one submission does to the others: their time, their points, their work."""

import os
from pathlib import Path

import pytest
from attack_register import answer, own_cell, right
from course_of_attacks import ASSIGNMENT, POINTS, CourseOfAttacks
from grade_attacks import NBGRADER, PARALLEL, SHORT, GradedClass

pytestmark = pytest.mark.slow

NEEDS_CPU = "import time\nstart = time.process_time()\nwhile time.process_time() - start < {}: pass"


def needs_cpu(nb):
    """A quarter of a second of the processor in each of three cells, and some more in an answer's calls."""
    for name in ("total", "scale", "draw"):
        own_cell(nb, NEEDS_CPU.format(0.25), before=name)
    answer(
        nb,
        total=f"def total(numbers):\n    {NEEDS_CPU.format(0.08)}\n    return sum(numbers)".replace(
            "\ns", "\n    s"
        ).replace("\nw", "\n    w"),
    )


def keeps_all_processors_busy(nb):
    code = (
        "import os, time\nfor _ in range(24):\n    if os.fork() == 0:\n        os.setsid()\n        while True: pass\n"
    )
    own_cell(nb, code)
    for _ in range(3):
        own_cell(nb, "time.sleep(1.8)")


def test_a_busy_neighbour_costs_nobody_a_point(tmp_path):
    """Processes that leave their session and group, and take the processors from whoever is graded beside them."""
    # In the order of grading, by two judges: the busy one is with one of them for as long as the other has the rest.
    changes = {"a_busy": keeps_all_processors_busy, **{f"needs_cpu_{n}": needs_cpu for n in range(2)}}
    submissions = {name: right(change) for name, change in changes.items()}
    graded = GradedClass(tmp_path, submissions, command=PARALLEL, seconds=300, limits={"cell_seconds": 3})
    assert [name for name in changes if name != "a_busy" and not graded.has_full_points(name)] == [], graded.log


def sleeps(nb):
    answer(nb, total="import time\ndef total(numbers):\n    time.sleep(100)")


def ends_a_thousand_times(nb):
    for _ in range(1000):
        own_cell(nb, "import os\nos._exit(0)", before=None)


def linked(source: str, name: str):
    """Hands in a link in the place of a folder, after the rest of the class."""

    def make(course: CourseOfAttacks) -> None:
        path = course.root / "submitted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(source)

    return make


class LinkedCourse(CourseOfAttacks):
    """Three students' folders are links to that of a fourth, at different depths."""

    def hand_in(self, student: str, submission) -> None:
        super().hand_in(student, submission)
        if student == "diligent":
            linked("diligent", "copies_the_folder")(self)
            linked(f"../diligent/{ASSIGNMENT}", f"copies_the_assignment/{ASSIGNMENT}")(self)
            linked(str(self.root / "submitted" / "diligent"), "copies_by_absolute_path")(self)


# A FIFO that is read waits for somebody who writes into it; a device has no end.
ODD_TIMES = {
    "fifo": os.mkfifo,
    "zeros": lambda path: path.symlink_to("/dev/zero"),
    "folder": Path.mkdir,
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> GradedClass:
    """A class with everybody that the tests below are about."""
    changes = {"diligent": lambda nb: None, "plain": lambda nb: None, "sleeper": sleeps, "ends": ends_a_thousand_times}
    changes |= {name: lambda nb, make=make: {"timestamp.txt": make} for name, make in ODD_TIMES.items()}
    submissions = {name: right(change) for name, change in changes.items()}
    return GradedClass(tmp_path_factory.mktemp("class"), submissions, LinkedCourse, PARALLEL, seconds=300, limits=SHORT)


def test_the_others_have_their_points(graded):
    assert graded.exit_status is not None, "it hung"
    assert graded.has_full_points("plain")


def test_a_submission_that_takes_too_long_is_named(graded):
    assert graded.earned["sleeper"]["total"] == 0
    rows = [line for line in graded.log.splitlines() if "test-total timed out" in line]
    assert rows, graded.log


def test_a_thousand_cells_that_end_their_process_take_seconds(graded):
    """They cost their own submission, a bounded time, and a bounded report."""
    assert graded.earned["ends"].keys() == POINTS.keys() and None not in graded.earned["ends"].values()
    assert len(graded.log.splitlines()) < 60, graded.log[:3000]
    assert graded.seconds < 90


def assert_links_earn_nothing(graded: GradedClass) -> None:
    assert graded.has_full_points("diligent")
    for name in ("copies_the_folder", "copies_the_assignment", "copies_by_absolute_path"):
        points = graded.earned.get(name) or {}
        assert not any(points.values()), (name, points)
        assert name in graded.log


def test_a_folder_that_is_a_link_earns_nothing_of_another(graded):
    assert_links_earn_nothing(graded)


def test_a_folder_that_is_a_link_earns_nothing_of_another_by_nbgraders_command(tmp_path):
    assert_links_earn_nothing(GradedClass(tmp_path, {"diligent": right()}, LinkedCourse, NBGRADER, seconds=120))


def test_a_time_that_is_no_file_costs_nobody_a_point(graded):
    assert [name for name in ODD_TIMES if not graded.has_full_points(name)] == [], graded.log
