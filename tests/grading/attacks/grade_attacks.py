"""Grades submissions of the register with nbgrader, through the sandbox.

python tests/grading/attacks/grade_attacks.py NAME ...     tries some, and prints what they got
"""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import breaking  # noqa: E402, F401 (each fills the register)
import honest_ones  # noqa: E402, F401
import host_files  # noqa: E402, F401
import host_process  # noqa: E402, F401
import nbformat  # noqa: E402
import score_cells  # noqa: E402, F401
import score_labkit  # noqa: E402, F401
import score_messages  # noqa: E402, F401
import score_objects  # noqa: E402, F401
import score_process  # noqa: E402, F401
import unreadable  # noqa: E402, F401
from attack_register import SUBMISSIONS  # noqa: E402
from course_of_attacks import ASSIGNMENT, POINTS, CourseOfAttacks  # noqa: E402

# Short, so that what never ends takes seconds of the suite.
LIMITS = {"cell_seconds": 4, "notebook_seconds": 150, "total_memory_bytes": 2**30}
CONFIG = f"\nc.JudgedExecute.limits = {LIMITS!r}\n"


class GradedClass:
    """What one `nbgrader autograde` over a class printed, and what it left in the gradebook."""

    def __init__(self, root: Path, names: list[str]) -> None:
        self.course = CourseOfAttacks(root, more=CONFIG)
        for name in names:
            self.course.hand_in(name, SUBMISSIONS[name])
        run = self.course.nbgrader("autograde", ASSIGNMENT)
        self.exit_status, self.log = run.returncode, run.stdout
        self.earned = self.course.earned()


class GradedAttacks:
    """The register, or those named of it, in several classes side by side: most of their time is waiting."""

    def __init__(self, root: Path, names: list[str] | None = None, classes: int = 3) -> None:
        names = names or list(SUBMISSIONS)
        parts = [names[start::classes] for start in range(min(classes, len(names)))]
        with ThreadPoolExecutor(classes) as pool:
            self.classes = list(pool.map(GradedClass, (root / str(i) for i in range(classes)), parts))
        self._class = {name: graded for graded, part in zip(self.classes, parts) for name in part}

    def points(self, name: str) -> dict[str, float | None]:
        """By exercise; None for what is not graded."""
        return self._class[name].earned.get(name) or dict.fromkeys(POINTS)

    def log(self, name: str) -> str:
        """Of the class that this submission was in."""
        return self._class[name].log

    def folder(self, name: str) -> Path:
        """What nbgrader wrote for this submission."""
        return self._class[name].course.root / "autograded" / name / ASSIGNMENT

    def notebook(self, name: str) -> nbformat.NotebookNode:
        return nbformat.read(self.folder(name) / "lab.ipynb", as_version=4)


def main(names: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        graded, num_wrong = GradedAttacks(Path(folder), names), 0
        for name in names or SUBMISSIONS:
            got, must = graded.points(name), SUBMISSIONS[name].points
            num_wrong += got != must
            print(
                f"{'ok' if got == must else 'WRONG':6}{name:40}", {k: v for k, v in got.items() if v != must[k]} or ""
            )
            if got != must and (graded.folder(name) / "lab.ipynb").exists():
                for cell in graded.notebook(name).cells:
                    print("   ", cell.get("id"), str(cell.get("outputs"))[:1000])
    return int(bool(num_wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
