"""Grade a large class with hostile submissions in it, and tell who is graded wrongly, the time and the memory.

    python benchmarks/stress_autograde.py                                1,000 submissions, of which 100 are hostile
    python benchmarks/stress_autograde.py --students 100 --hostile 10

The course is that of the attack suite, six exercises in one notebook. The hostile submissions are of its register, the
others have the right answers. It isn't a test.
"""

import argparse
import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_of_attacks import CourseOfAttacks

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "grading" / "attacks"), str(ROOT / "tests" / "grading"), str(ROOT)]
LOOK_EVERY_S = 2


def main() -> None:
    example = "Example: python benchmarks/stress_autograde.py --students 100 --hostile 10"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=example)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--hostile", type=int, default=100, help="of them, taken from the attack suite in turn")
    args = parser.parse_args()
    from grade_attacks import ASSIGNMENT, SUBMISSIONS, CourseOfAttacks, config  # it takes seconds, and --help does not

    with tempfile.TemporaryDirectory() as folder:
        course = CourseOfAttacks(Path(folder, "course"), more=config())
        expected = hand_in(course, SUBMISSIONS, args.students, args.hostile)
        status, seconds, mib = run(course.root, ASSIGNMENT)
        earned, said = course.earned(), (course.root / "said.txt").read_text()
    wrong = [name for name, points in expected.items() if earned.get(name, dict.fromkeys(points)) != points]
    tenth = max(1, len(mib) // 10)
    left = subprocess.run(["pgrep", "-fc", "student_process/start.py"], capture_output=True, text=True).stdout.strip()
    print(f"{args.students} submissions, {args.hostile} of them hostile; exit status {status}")
    print(f"points other than expected: {len(wrong)} {Counter(name.split('-')[0] for name in wrong)} {wrong[:10]}")
    print(f"seconds: {seconds:.0f}, {seconds / args.students:.2f} a submission")
    print(
        "memory of the parent, MiB, most in each tenth of the run:",
        *(max(mib[at : at + tenth]) for at in range(0, len(mib), tenth)),
    )
    print(f"student processes left behind: {left}; lines printed: {len(said.splitlines())}")
    print(said[-3000:])


def hand_in(course: "CourseOfAttacks", register: dict, students: int, hostile: int) -> dict[str, dict]:
    """Returns the points that each must get, by student. register: the attack suite's submissions, by name."""
    expected = {}
    attacks = itertools.cycle(name for name, attack in register.items() if attack.kind in ("score", "host"))
    for number in range(students):
        is_hostile = number * hostile // students != (number + 1) * hostile // students
        name = next(attacks) if is_hostile else "plain"
        student = f"{'hostile' if is_hostile else 'honest'}-{number:04}-{name}"
        course.hand_in(student, register[name])
        expected[student] = register[name].points
    return expected


def run(course: Path, assignment: str) -> tuple[int, float, list[int]]:
    """Exit status, seconds, and the parent's memory in MiB, looked at every LOOK_EVERY_S."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "grading", "autograde", assignment]
    started, mib = time.monotonic(), []
    with (course / "said.txt").open("w") as said:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=said, stderr=said)
        while process.poll() is None:
            time.sleep(LOOK_EVERY_S)
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
                mib += [int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")]
    return process.returncode, time.monotonic() - started, mib


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
