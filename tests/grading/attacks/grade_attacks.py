"""Grades submissions of the register, through the sandbox.

python tests/grading/attacks/grade_attacks.py NAME ...     tries some, and prints what they got
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import breaking  # noqa: E402, F401 (each fills the register)
import breaking_source  # noqa: E402, F401
import honest_more  # noqa: E402, F401
import honest_ones  # noqa: E402, F401
import host_channel  # noqa: E402, F401
import host_files  # noqa: E402, F401
import host_process  # noqa: E402, F401
import host_secrets  # noqa: E402, F401
import host_times  # noqa: E402, F401
import host_two_notebooks  # noqa: E402, F401
import leaks_between_tests  # noqa: E402, F401
import leaks_by_running_again  # noqa: E402, F401
import leaks_in_errors  # noqa: E402, F401
import leaks_in_messages  # noqa: E402, F401
import nbformat  # noqa: E402
import score_cells  # noqa: E402, F401
import score_encoding  # noqa: E402, F401
import score_labkit  # noqa: E402, F401
import score_messages  # noqa: E402, F401
import score_objects  # noqa: E402, F401
import score_order  # noqa: E402, F401
import score_process  # noqa: E402, F401
import two_notebooks  # noqa: E402, F401
import unreadable  # noqa: E402, F401
from attack_register import SUBMISSIONS, Submission  # noqa: E402
from course_of_attacks import ASSIGNMENT, POINTS, CourseOfAttacks  # noqa: E402
from course_of_two import SUBMISSIONS_OF_TWO, CourseOfTwo  # noqa: E402
from graders import Grader  # noqa: E402

LIMITS = {"cell_seconds": 6, "notebook_seconds": 150, "total_memory_bytes": 2**30}
SHORT = {"cell_seconds": 2, "grace_seconds": 1}  # for what never ends


def config(**limits: float) -> str:
    """These limits, and else those of all attacks, as lines of nbgrader_config.py."""
    return f"\nc.JudgedExecute.limits = {LIMITS | limits!r}\n"


NBGRADER = ("nbgrader", "autograde", ASSIGNMENT)
PARALLEL = ("grading", "autograde", ASSIGNMENT, "--workers", "2")


class GradedClass:
    """What one run of autograde over a class printed, and what it left in the gradebook.

    command: NBGRADER or PARALLEL. grader: who runs it. seconds: it is ended after that many, with what it has done.
    limits: those that differ from LIMITS.
    """

    def __init__(
        self,
        root: Path,
        submissions: dict[str, Submission],
        course: type[CourseOfAttacks] = CourseOfAttacks,
        command: tuple[str, ...] = NBGRADER,
        grader: Grader | None = None,
        seconds: float = 1200,
        limits: dict | None = None,
    ) -> None:
        grader = grader or Grader()
        self.course, self.command = course(root, more=config(**limits or {})), command
        for name, submission in submissions.items():
            self.course.hand_in(name, submission)
        grader.own(root)
        started = time.monotonic()
        try:
            run = grader.run(root, *command, seconds=seconds)
            self.exit_status, self.log = run.returncode, run.stdout
        except subprocess.TimeoutExpired as error:
            self.exit_status, self.log = None, (error.output or b"").decode(errors="replace")
        self.seconds = time.monotonic() - started
        self.earned = self.course.earned()

    def has_full_points(self, name: str) -> bool:
        return self.earned.get(name) == POINTS

    def folder(self, name: str) -> Path:
        """What nbgrader wrote for this submission."""
        return self.course.root / "autograded" / name / ASSIGNMENT

    def notebooks(self, name: str) -> list[nbformat.NotebookNode]:
        return [nbformat.read(path, as_version=4) for path in sorted(self.folder(name).glob("*.ipynb"))]

    def shown(self, name: str) -> str:
        """All that is shown of a submission: the outputs of its cells, and what the class's log says of it."""
        outputs = (seen_in(cell) for nb in self.notebooks(name) for cell in nb.cells if cell.cell_type == "code")
        return "\n".join([*outputs, *(line for line in self.log.splitlines() if re.search(rf"\b{name}\b", line))])


def seen_in(cell: nbformat.NotebookNode) -> str:
    """A cell's outputs as text, without those lines of its source that a traceback repeats: they name what it seeks."""
    own = {line.strip() for line in cell.source.splitlines()}
    found = []
    for output in cell.outputs:
        lines = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.pop("traceback", ()))).splitlines()
        found += [line for line in lines if re.sub(r"^(-+>)?\s*\d*\s*", "", line).strip() not in own]
        found.append(str(output))
    return "\n".join(found)


class GradedAttacks:
    """The register, or those named of it, graded by our command: a class of each course, and one of what never ends."""

    def __init__(self, root: Path, names: list[str] | None = None, grader: Grader | None = None) -> None:
        self.names = names or [*everybody()]
        self.classes: list[GradedClass] = []
        self._class: dict[str, GradedClass] = {}
        parts = {
            "course": (SUBMISSIONS, False, CourseOfAttacks),
            "endless": (SUBMISSIONS, True, CourseOfAttacks),
            "two": (SUBMISSIONS_OF_TWO, False, CourseOfTwo),
        }
        for folder, (register, is_endless, course) in parts.items():
            found = {name: register[name] for name in self.names if name in register}
            found = {name: submission for name, submission in found.items() if submission.is_endless == is_endless}
            if found:
                limits = SHORT if is_endless else {}
                graded = GradedClass(root / folder, found, course, PARALLEL, grader=grader, limits=limits)
                self.classes.append(graded)
                self._class |= dict.fromkeys(found, graded)

    def points(self, name: str) -> dict[str, float | None]:
        """By exercise; None for what is not graded."""
        must = everybody()[name].points
        earned = self._class[name].earned.get(name) or {}
        return {exercise: earned.get(exercise) for exercise in must}

    def log(self, name: str) -> str:
        """Of the class that this submission was in."""
        return self._class[name].log

    def folder(self, name: str) -> Path:
        return self._class[name].folder(name)

    def notebooks(self, name: str) -> list[nbformat.NotebookNode]:
        return self._class[name].notebooks(name)

    def shown(self, name: str) -> str:
        return self._class[name].shown(name)

    def notebook(self, name: str) -> nbformat.NotebookNode:
        return nbformat.read(self.folder(name) / "lab.ipynb", as_version=4)


def everybody() -> dict[str, Submission]:
    """The submissions of both courses."""
    return SUBMISSIONS | SUBMISSIONS_OF_TWO


def main(names: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        graded, num_wrong = GradedAttacks(Path(folder), names), 0
        for name in names or everybody():
            got, must = graded.points(name), everybody()[name].points
            found = re.findall(everybody()[name].never, graded.shown(name)) if everybody()[name].never else []
            num_wrong += got != must or bool(found)
            wrong = {exercise: points for exercise, points in got.items() if points != must[exercise]} or ""
            print(f"{'WRONG' if wrong or found else 'ok':6}{name:40}", wrong, *found[:3])
            for nb in graded.notebooks(name) if wrong or found else ():
                for cell in nb.cells:
                    print("   ", cell.get("id"), str(cell.get("outputs"))[:1000])
    return int(bool(num_wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
