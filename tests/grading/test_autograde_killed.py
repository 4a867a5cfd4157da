"""Killed at any moment and started again, the command ends with the gradebook and the files of a clean run.

A moment is a call of a function, drawn with a fixed seed: of all that a run makes, so on a busy machine they are the
same ones. kill_autograde.py kills the real command, judges and all, as often as you like.
"""

import os
import random
from functools import partial

import pytest
from autograde_course import autograded, gradebook_of, ours, serial
from autograde_stops import clean, in_a_process, some_class  # noqa: F401 (fixtures)

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("GRADING_KILLS", 5))  # of each kind; more of them find rarer moments


@pytest.fixture(scope="module")
def num_calls(some_class, clean, tmp_path_factory) -> dict[str, int]:  # noqa: F811
    """How many calls a whole run makes."""
    root = tmp_path_factory.mktemp("counted")
    first, second = (some_class.copy(root / name) for name in ("stock", "ours"))
    serial(some_class.copy(root / "asked"))  # asks for a verdict by notebook, ours does by submission
    return {"stock": in_a_process(lambda: serial(first)), "ours": in_a_process(lambda: ours(second))}


def moments(num_calls: int, kills: int) -> list[int]:
    """One in each of as many stretches of the run."""
    draw = random.Random(7)
    return [int((part + draw.random()) * num_calls / kills) for part in range(kills)]


def test_a_killed_run_is_finished_by_the_same_command(some_class, clean, num_calls, tmp_path):  # noqa: F811
    for number, moment in enumerate(moments(num_calls["ours"], KILLS)):
        course = some_class.copy(tmp_path / str(number))
        assert in_a_process(partial(ours, course), killed_at=moment) == 0
        assert ours(course) == 0
        assert gradebook_of(course) == gradebook_of(clean), f"killed at call {moment}"
        assert autograded(course) == autograded(clean), f"killed at call {moment}"


def test_a_killed_run_of_nbgrader_itself_is_finished_by_ours(some_class, clean, num_calls, tmp_path):  # noqa: F811
    for number, moment in enumerate(moments(num_calls["stock"], KILLS)):
        course = some_class.copy(tmp_path / str(number))
        assert in_a_process(partial(serial, course), killed_at=moment) == 0
        assert ours(course) == 0
        assert gradebook_of(course) == gradebook_of(clean), f"killed at call {moment}"
        assert autograded(course) == autograded(clean), f"killed at call {moment}"
