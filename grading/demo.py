"""Show an instructor the whole loop on a small class, for one phase: `make demo`.

The class is made up from tests/answers, which only a checkout of the repository has. Everything happens in a course
folder of its own, made anew each time: the gradebook and the submissions of the real course stay untouched.

Examples:
  python -m grading demo
  python -m grading demo phase-01-engine --folder /tmp/demo

Exit status: 0 all done; 1 something failed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade, is_solution

from grading.gradebook import points_by_student
from grading.sandbox import SandboxUnavailable, find_sandbox

ROOT = Path(__file__).parents[1]


def run(args: argparse.Namespace) -> int:
    """Grade the class and print its grades. Returns the exit status."""
    folder, started = Path(args.folder or ROOT / "demo").resolve(), time.monotonic()
    try:
        phase = chosen_phase(args.phase)
        students = made_up_class()
        make_course(folder, phase)
        _command(folder, "nbgrader", "generate_assignment", phase, "--log-level=ERROR")
        hand_in(folder, phase, students)
        _command(folder, "grading", "autograde", phase, *_sandbox_option())
        _command(folder, "grading", "feedback", phase)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    print_grades(folder, phase, students)
    first = min(folder.glob(f"feedback/cleo/{phase}/*.html"))
    print(f"\n{time.monotonic() - started:.0f} seconds. To look at the class:")
    print(f"  feedback   {first}")
    print(f"  Formgrader cd {folder} && {sys.executable} -m jupyterlab, then the Nbgrader menu")
    return 0


def chosen_phase(name: str | None) -> str:
    """The phase of that name; without one, the first. Errors: ValueError if the course has none of that name."""
    phases = sorted({path.parent.name for path in ROOT.glob("source/*/*.ipynb")})
    if name and name not in phases:
        raise ValueError(f"There is no phase {name} in source/.\nNext step: choose one of {', '.join(phases)}.")
    return name or phases[0]


def made_up_class() -> tuple:
    """The students of tests/answers/demo_class.py. Errors: ValueError where grading is installed without the tests."""
    if not (ROOT / "tests" / "answers").is_dir():
        raise ValueError(
            f"The demo's class is made of tests/answers, and {ROOT} has none: an installation leaves them out.\n"
            "Next step: run make demo in a checkout of the repository."
        )
    sys.path.append(str(ROOT / "tests"))
    from answers.demo_class import CLASS

    return CLASS


def make_course(folder: Path, phase: str) -> None:
    """A course folder with a phase of this course's source and its configuration, and nothing else in it.

    Errors: ValueError if `folder` holds anything that no demo has made.
    """
    marker = folder / ".made-by-grading-demo"
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise ValueError(
            f"{folder} contains files that the demo did not make. Next step: use --folder with a new or empty folder."
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    marker.touch()
    shutil.copytree(ROOT / "source" / phase, folder / "source" / phase)
    shutil.copy(ROOT / "nbgrader_config.py", folder)


def hand_in(folder: Path, phase: str, students: tuple) -> None:
    """Write each student's notebooks to submitted/, as students send them."""
    for source in sorted((folder / "source" / phase).glob("*.ipynb")):
        cells = nbformat.read(source, as_version=4).cells
        reference = {cell.metadata.nbgrader.grade_id: cell.source for cell in cells if is_solution(cell)}
        for student in students:
            mistakes = student.mistakes.get(source.name[: len("lab-00")], ())
            answers = reference | {mistake.exercise: mistake.code for mistake in mistakes}
            notebook = nbformat.read(folder / "release" / phase / source.name, as_version=4)
            for cell in notebook.cells:
                if is_solution(cell) and not student.is_untouched:
                    cell.source = answers[cell.metadata.nbgrader.grade_id]
            path = folder / "submitted" / student.name / phase / source.name
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, path)


def print_grades(folder: Path, phase: str, students: tuple) -> None:
    """Print the points of each lab, a row per student, and why points were lost."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        assignment = gradebook.find_assignment(phase)
        points = points_by_student(gradebook, assignment)
        for notebook in assignment.notebooks:
            cells = [cell for cell in notebook.grade_cells if cell.cell_type == "code"]
            rows = [("of", "", [cell.max_score for cell in cells])]
            rows += [(s.name, s.story, [points[s.name].points[cell.id] for cell in cells]) for s in students]
            print(f"\n{notebook.name}: automatic points (the whiteboard answers are graded by hand)\n")
            for number, cell in enumerate(cells, 1):
                print(f"  ({number}) {cell.name.removeprefix('correct_').replace('_', ' ')}")
            print(f"\n{'':36}" + "".join(f"{f'({number})':>5}" for number in range(1, len(cells) + 1)) + "  sum")
            for name, story, given in rows:
                print(f"{name:6}{story:30}" + "".join(f"{number:5g}" for number in [*given, sum(given)]))
            print("\nThe students' messages:")
            for student in students:
                for exercise, message in lost(folder / "autograded" / student.name / phase / f"{notebook.name}.ipynb"):
                    print(f"  {student.name:5} {exercise:28} {message}")


def lost(graded: Path) -> list[tuple[str, str]]:
    """Each exercise that lost its points, and of its message the line with the likely cause, or the first."""
    found = []
    for cell in nbformat.read(graded, as_version=4).cells:
        for output in cell.outputs if is_grade(cell) and cell.cell_type == "code" else ():
            if output.output_type == "error":
                lines = output.evalue.split("\n")
                line = next((line for line in lines if line.startswith("Likely cause:")), lines[0])
                found.append((cell.metadata.nbgrader.grade_id.removeprefix("correct_"), line))
    return found


def _sandbox_option() -> list[str]:
    try:
        find_sandbox()
    except SandboxUnavailable as error:
        print(f"{error}\n\nThe answers of this class are part of the course, so the demo continues without a sandbox.")
        return ["--unsafe-no-sandbox"]
    return []


def _command(folder: Path, *arguments: str) -> None:
    """Run a command in the course folder. Errors: CalledProcessError."""
    print("python -m", *arguments, flush=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", *arguments], cwd=folder, env=environment, check=True)
