"""Grades submissions of the register with nbgrader, through the sandbox.

python tests/grading/attacks/grade_attacks.py NAME ...     tries some, and prints what they got
"""

import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
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

# Short, so that what never ends takes seconds of the suite.
LIMITS = {"cell_seconds": 6, "notebook_seconds": 150, "total_memory_bytes": 2**30}
CONFIG = f"\nc.JudgedExecute.limits = {LIMITS!r}\n"
NBGRADER = ("nbgrader", "autograde", ASSIGNMENT)
PARALLEL = ("grading", "autograde", ASSIGNMENT, "--workers", "2")


class GradedClass:
    """What one run of autograde over a class printed, and what it left in the gradebook.

    command: NBGRADER or PARALLEL. grader: who runs it. seconds: it is ended after that many, with what it has done.
    """

    def __init__(
        self,
        root: Path,
        submissions: dict[str, Submission],
        course: type[CourseOfAttacks] = CourseOfAttacks,
        command: tuple[str, ...] = NBGRADER,
        grader: Grader | None = None,
        seconds: float = 1200,
        more: str = "",
    ) -> None:
        grader = grader or Grader()
        self.course = course(root, more=CONFIG + more)
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
    """The register, or those named of it, in several classes side by side: most of their time is waiting.

    command: NBGRADER, or PARALLEL, which grades those of a course as one class.
    """

    def __init__(
        self,
        root: Path,
        names: list[str] | None = None,
        classes: int = 3,
        grader: Grader | None = None,
        command: tuple[str, ...] = NBGRADER,
    ) -> None:
        names = names or [*SUBMISSIONS, *SUBMISSIONS_OF_TWO]
        times = [name for name in names if name in SUBMISSIONS and is_about_time(name) and command == NBGRADER]
        classes = classes if command == NBGRADER else 1
        of_one = [name for name in names if name in SUBMISSIONS and name not in times]
        parts = [*(of_one[start::classes] for start in range(min(classes, len(of_one)))), *([times] if times else [])]
        jobs = [({name: SUBMISSIONS[name] for name in part}, CourseOfAttacks) for part in parts]
        if of_two := {name: SUBMISSIONS_OF_TWO[name] for name in names if name in SUBMISSIONS_OF_TWO}:
            jobs.append((of_two, CourseOfTwo))
        with ThreadPoolExecutor(classes + 1) as pool:
            graded = [
                pool.submit(
                    GradedClass,
                    root / str(number),
                    part,
                    course,
                    command,
                    grader=grader,
                    seconds=120 if part.keys() == set(times) else 1200,
                )
                for number, (part, course) in enumerate(jobs)
            ]
        self.classes = [future.result() for future in graded]
        self.names = names
        self._class = {name: graded for graded, (part, _) in zip(self.classes, jobs) for name in part}

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


def is_about_time(name: str) -> bool:
    """Whether a whole class could hang because of it: these have a class of their own, and less time."""
    return SUBMISSIONS[name].change.__module__ == "host_times"


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
