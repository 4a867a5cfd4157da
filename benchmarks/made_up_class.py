"""A made-up class for bench_autograde.py: submissions to the course's own labs, in a folder of their own."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))

from answers import Answer  # noqa: E402

ASSIGNMENT = "phase-00-foundations"


def make_course(folder: Path, labs: list[str]) -> None:
    """A course with these labs of this one's, generated: with a gradebook, and no submission."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "source" / ASSIGNMENT).mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for lab in labs:
        shutil.copy(ROOT / "source" / ASSIGNMENT / f"{lab}.ipynb", folder / "source" / ASSIGNMENT)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def all_labs() -> list[str]:
    return sorted(path.stem for path in (ROOT / "source" / ASSIGNMENT).glob("*.ipynb"))


def hand_in(folder: Path, students: int) -> None:
    """Of four students one has the reference, one half of it, one nothing, and one mistakes in a third of it."""
    import nbformat  # both take seconds, which --help does without
    from nbgrader.utils import is_solution

    for lab in (path.stem for path in sorted((folder / "release" / ASSIGNMENT).glob("*.ipynb"))):
        reference = _solutions(folder / "source" / ASSIGNMENT / f"{lab}.ipynb")
        wrong = _wrong_answers(lab)
        released = (folder / "release" / ASSIGNMENT / f"{lab}.ipynb").read_text()
        for number in range(students):
            nb = nbformat.reads(released, as_version=4)
            cells = [cell for cell in nb.cells if is_solution(cell)]
            for rank, cell in enumerate(cells):
                name = cell.metadata.nbgrader.grade_id
                if number % 4 == 2 or (number % 4 == 1 and rank >= len(cells) / 2):
                    continue
                cell.source = reference[name]
                if number % 4 == 3 and rank % 3 == number // 4 % 3 and wrong.get(name):
                    cell.source = wrong[name][number // 4 % len(wrong[name])].code
            path = folder / "submitted" / f"student-{number:04}" / ASSIGNMENT / f"{lab}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(nb, path)


def _solutions(path: Path) -> dict[str, str]:
    import nbformat
    from nbgrader.utils import is_solution

    cells = nbformat.read(path, as_version=4).cells
    marks = ("### BEGIN SOLUTION", "### END SOLUTION")
    return {
        cell.metadata.nbgrader.grade_id: "\n".join(
            line for line in cell.source.splitlines() if line.strip() not in marks
        )
        for cell in cells
        if is_solution(cell)
    }


def _wrong_answers(lab: str) -> dict[str, list[Answer]]:
    """By exercise; none for a lab without a collection. Those that never end are left out, they measure the limits."""
    try:
        answers = importlib.import_module(f"answers.{lab[:6].replace('-', '_')}").ANSWERS
    except ImportError:
        return {}
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if not answer.is_right and "while True" not in answer.code:
            found.setdefault(answer.exercise, []).append(answer)
    return found
