"""Kills the real command at random moments, runs it again, and compares with a run that nobody killed.

python tests/grading/kill_autograde.py [KILLS] [SEED]
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from autograde_course import autograded, fresh, gradebook_of, hand_in, run, start
from register import ANSWERS, WRONG, answered
from test_autograde_stopped import alive, processes_of
from tiny_course import ASSIGNMENT, Course

STUDENTS = 6


def new(course: Course, root: Path) -> Course:
    copy = fresh(course, root)
    for number in range(STUDENTS):
        files = {
            "lab.ipynb": answered(course, **(ANSWERS, WRONG)[number % 2]),
            "second.ipynb": answered(course, "second"),
        }
        hand_in(copy, f"student-{number}", files, "2026-03-02 12:00:00 UTC")
    return copy


def main(kills: int, seed: int) -> int:
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder, "course"))
        assert course.nbgrader("generate_assignment", ASSIGNMENT).returncode == 0
        clean = new(course, Path(folder, "clean"))
        started = time.monotonic()
        assert run(clean).returncode == 0
        seconds = time.monotonic() - started
        bad = 0
        for number in range(kills):
            copy = new(course, Path(folder, str(number)))
            process, moment = start(copy), draw.uniform(0, seconds)
            time.sleep(moment)
            family = processes_of(process)
            process.kill()
            process.communicate()
            done = len(list((copy.root / "autograded").glob("*/*")))
            left = alive(family)
            again = run(copy)
            same = gradebook_of(copy) == gradebook_of(clean) and autograded(copy) == autograded(clean)
            is_good = same and not left and again.returncode == 0
            bad += not is_good
            print(
                f"{number + 1:3}  killed after {moment:5.2f} s, {done} begun  {'the same' if is_good else 'DIFFERENT'}"
            )
            print(f"     {again.stdout.splitlines()[-1]}" + (f"  left behind: {left}" if left else ""), flush=True)
    print(f"{kills - bad} of {kills} ended as the run of {seconds:.1f} s that nobody killed.")
    return 1 if bad else 0


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(numbers + [20, 7][len(numbers) :])))
