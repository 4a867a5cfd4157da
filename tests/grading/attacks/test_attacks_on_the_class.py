"""What one submission does to the others: their time, their points, their work."""

import os
from pathlib import Path

import pytest
from attack_register import answer, own_cell, right
from course_of_attacks import ASSIGNMENT, POINTS, CourseOfAttacks
from grade_attacks import NBGRADER, PARALLEL, GradedClass

pytestmark = pytest.mark.slow

NEEDS_CPU = "import time\nstart = time.process_time()\nwhile time.process_time() - start < {}: pass"


def needs_cpu(nb):
    """Half a second of the processor in each of three cells, and as much in an answer's calls."""
    for name in ("total", "scale", "draw"):
        own_cell(nb, NEEDS_CPU.format(0.5), before=name)
    answer(
        nb,
        total=f"def total(numbers):\n    {NEEDS_CPU.format(0.15)}\n    return sum(numbers)".replace(
            "\ns", "\n    s"
        ).replace("\nw", "\n    w"),
    )


def keeps_all_processors_busy(nb):
    code = (
        "import os, time\nfor _ in range(24):\n    if os.fork() == 0:\n        os.setsid()\n        while True: pass\n"
    )
    own_cell(nb, code)
    for _ in range(4):
        own_cell(nb, "time.sleep(3.5)")


def test_a_busy_neighbour_costs_nobody_a_point(tmp_path):
    """Processes that leave their session and group, and take the processors from whoever is graded beside them."""
    names = [f"busy_{n}" if n % 4 == 0 else f"needs_cpu_{n}" for n in range(8)]
    changes = [keeps_all_processors_busy if name.startswith("busy") else needs_cpu for name in names]
    graded = GradedClass(
        tmp_path, {n: right(change) for n, change in zip(names, changes)}, command=PARALLEL, seconds=300
    )
    assert [name for name in names if name.startswith("needs") and not graded.has_full_points(name)] == [], graded.log


def test_a_submission_that_takes_too_long_is_named(tmp_path):
    def sleeps(nb):
        answer(nb, total="import time\ndef total(numbers):\n    time.sleep(100)")

    graded = GradedClass(tmp_path, {"sleeper": right(sleeps), "plain": right()}, command=PARALLEL, seconds=120)
    assert graded.earned["sleeper"]["total"] == 0 and graded.has_full_points("plain")
    rows = [line for line in graded.log.splitlines() if "test-total timed out" in line]
    assert rows, graded.log


def test_three_thousand_cells_that_end_their_process_take_seconds(tmp_path):
    """They cost their own submission, a bounded time, and a bounded report."""

    def ends(nb):
        for _ in range(3000):
            own_cell(nb, "import os\nos._exit(0)", before=None)

    graded = GradedClass(tmp_path, {"ends": right(ends), "plain": right()}, command=PARALLEL, seconds=120)
    assert graded.exit_status is not None and graded.has_full_points("plain")
    assert graded.earned["ends"].keys() == POINTS.keys() and None not in graded.earned["ends"].values()
    assert len(graded.log.splitlines()) < 60, graded.log[:3000]
    assert graded.seconds < 90


def linked(source: str, name: str):
    """Hands in a link in the place of a folder, after the rest of the class."""

    def make(course: CourseOfAttacks) -> None:
        path = course.root / "submitted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(source)

    return make


class LinkedCourse(CourseOfAttacks):
    """Two students' folders are links to that of a third, at different depths."""

    def hand_in(self, student: str, submission) -> None:
        super().hand_in(student, submission)
        if student == "diligent":
            linked("diligent", "copies_the_folder")(self)
            linked(f"../diligent/{ASSIGNMENT}", f"copies_the_assignment/{ASSIGNMENT}")(self)
            linked(str(self.root / "submitted" / "diligent"), "copies_by_absolute_path")(self)


@pytest.mark.parametrize("command", [NBGRADER, PARALLEL], ids=["nbgrader", "parallel"])
def test_a_folder_that_is_a_link_earns_nothing_of_another(tmp_path, command):
    graded = GradedClass(tmp_path, {"diligent": right(), "plain": right()}, LinkedCourse, command, seconds=120)
    assert graded.has_full_points("diligent") and graded.has_full_points("plain")
    for name in ("copies_the_folder", "copies_the_assignment", "copies_by_absolute_path"):
        points = graded.earned.get(name) or {}
        assert not any(points.values()), (name, points)
        assert name in graded.log


def test_a_time_that_is_a_fifo_costs_the_class_nothing(tmp_path):
    """A FIFO that is read waits for somebody who writes into it; a device has no end."""
    odd = {
        "fifo": os.mkfifo,
        "zeros": lambda path: path.symlink_to("/dev/zero"),
        "folder": Path.mkdir,
    }
    submissions = {name: right(lambda nb, make=make: {"timestamp.txt": make}) for name, make in odd.items()}
    graded = GradedClass(tmp_path, {**submissions, "plain": right()}, command=PARALLEL, seconds=90)
    assert graded.exit_status is not None, "it hung"
    assert [name for name in [*submissions, "plain"] if not graded.has_full_points(name)] == [], graded.log
