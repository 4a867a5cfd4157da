"""Shows an instructor the whole loop on a small class: generate, collect, autograde, feedback, grades.

    python -m grading.demo          or    make demo

The class is made up from tests/answers. Everything happens in demo/, a course folder of its own that is
made anew each time: the gradebook, the submissions and the release of the real course stay untouched.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import nbformat
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade, is_solution

from grading.sandbox import SandboxUnavailable, find_sandbox

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))  # the collected answers are no part of an installation

from answers import Answer, lab_01, lab_02, lab_03, lab_04  # noqa: E402

ASSIGNMENT = "phase-00-foundations"


@dataclass(frozen=True)
class Student:
    """One made-up student: `mistakes` are the wrong answers among otherwise right ones."""

    name: str
    story: str
    mistakes: tuple[Answer, ...] = field(default=())
    untouched: bool = False


def _pick(lab: ModuleType, exercise: str, name: str) -> Answer:
    return next(a for a in lab.ANSWERS if (a.exercise, a.name) == (exercise, name))


CLASS = (
    Student("ada", "the reference"),
    Student("ben", "untouched", untouched=True),
    Student(
        "cleo",
        "one unit, many heads",
        (
            _pick(lab_01, "work_with_cache", "last token not fed"),
            _pick(lab_02, "kv_bytes_per_token", "query heads"),
        ),
    ),
    Student(
        "dev",
        "the edges",
        (
            _pick(lab_03, "top_p_mask", "crossing token dropped"),
            _pick(lab_04, "critical_batch_size", "floor"),
        ),
    ),
    Student(
        "eva",
        "no scale, no prompt, percent",
        (
            _pick(lab_01, "attention_step", "no scale"),
            _pick(lab_01, "generate_with_cache", "prompt never written"),
            _pick(lab_04, "regime", "share: percent"),
        ),
    ),
    Student(
        "finn",
        "hard-coded",
        (
            _pick(lab_01, "work_without_cache", "hard-coded"),
            _pick(lab_02, "max_concurrent_sequences", "hard-coded"),
            _pick(lab_03, "softmax", "hard-coded"),
            _pick(lab_04, "ridge_point", "hard-coded"),
        ),
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m grading.demo",
        description="Grade a small invented class with nbgrader, in a separate folder.",
        epilog="Example: python -m grading.demo --folder /tmp/demo",
    )
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "demo", help="the folder to write, replaced on each run (default: demo/)"
    )
    folder = parser.parse_args().folder.resolve()
    started = time.monotonic()
    try:
        make_course(folder)
        _nbgrader(folder, "generate_assignment", watch="Converting")
        hand_in(folder)
        autograde(folder)
        _nbgrader(folder, "generate_feedback", watch="Converting")
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to start over.", file=sys.stderr)
        return 130
    print()
    print_grades(folder)
    print(f"\n{time.monotonic() - started:.0f} seconds. To look at the class:")
    print(f"  feedback   {folder}/feedback/cleo/{ASSIGNMENT}/lab-01-kv-cache-speedup.html")
    print(f"  Formgrader cd {folder} && {sys.executable} -m jupyterlab, then the Nbgrader menu")
    return 0


def make_course(folder: Path) -> None:
    """A course folder with this course's source and configuration, and nothing else in it.

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
    shutil.copytree(ROOT / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
    shutil.copy(ROOT / "nbgrader_config.py", folder)


def hand_in(folder: Path) -> None:
    """Write each student's notebooks to submitted/, as students send them."""
    for source_path in sorted((folder / "source" / ASSIGNMENT).glob("*.ipynb")):
        source = nbformat.read(source_path, as_version=4)
        reference = {c.metadata.nbgrader.grade_id: c.source for c in source.cells if is_solution(c)}
        for student in CLASS:
            notebook = nbformat.read(folder / "release" / ASSIGNMENT / source_path.name, as_version=4)
            mistakes = {answer.exercise: answer.code for answer in student.mistakes}
            for cell in notebook.cells:
                if is_solution(cell) and not student.untouched:
                    grade_id = cell.metadata.nbgrader.grade_id
                    cell.source = mistakes.get(grade_id, reference[grade_id])
            path = folder / "submitted" / student.name / ASSIGNMENT / source_path.name
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, path)


def autograde(folder: Path) -> None:
    """Grade the class. Errors: CalledProcessError."""
    arguments = [sys.executable, "-m", "grading", "autograde", ASSIGNMENT]
    try:
        find_sandbox()
    except SandboxUnavailable as error:
        print(f"{error}\n\nThe answers of this class are part of the course, so the demo continues without a sandbox.")
        arguments.append("--unsafe-no-sandbox")
    print(f"python -m grading autograde {ASSIGNMENT}")
    subprocess.run(arguments, cwd=folder, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def print_grades(folder: Path) -> None:
    """The gradebook as a table: a row per student, a column per exercise; then why points were lost."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        for notebook in gradebook.find_assignment(ASSIGNMENT).notebooks:
            cells = [c for c in notebook.grade_cells if c.cell_type == "code"]
            most = {cell.name: cell.max_score for cell in cells}
            rows = []
            for student in CLASS:
                submission = gradebook.find_submission_notebook(notebook.name, ASSIGNMENT, student.name)
                scores = {g.cell.name: g.auto_score for g in submission.grades if g.cell.name in most}
                rows.append(
                    [student.name, student.story, *(f"{scores[n]:g}" for n in most), f"{sum(scores.values()):g}"]
                )
            titles = [name.removeprefix("correct_").replace("_", " ") for name in most]
            rows.append(["of", "", *(f"{points:g}" for points in most.values()), f"{sum(most.values()):g}"])
            print(f"\n{notebook.name}: automatic points (the whiteboard answers are graded by hand)\n")
            print_table(["student", "answers", *titles, "sum"], rows)
            print("\nThe students' messages:")
            for student in CLASS:
                for grade_id, message in lost(folder, student.name, notebook.name):
                    print(f"  {student.name:5} {grade_id.removeprefix('correct_'):28} {telling_line(message)}")


def lost(folder: Path, student: str, notebook: str) -> list[tuple[str, str]]:
    """(grade_id, message) of each test cell that failed."""
    graded = nbformat.read(folder / "autograded" / student / ASSIGNMENT / f"{notebook}.ipynb", as_version=4)
    return [
        (cell.metadata.nbgrader.grade_id, output.evalue)
        for cell in graded.cells
        if is_grade(cell) and cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]


def telling_line(message: str) -> str:
    """The line of a message that names the likely cause; its first line where none does."""
    lines = message.split("\n")
    return next((line for line in lines if line.startswith("Likely cause:")), lines[0])


def print_table(titles: list[str], rows: list[list[str]]) -> None:
    """A text table whose titles are broken at spaces, so that narrow columns stay narrow."""
    words = [title.split() if index > 1 else [title] for index, title in enumerate(titles)]
    height = max(map(len, words))
    heading = [[([""] * (height - len(w)) + w)[line] for w in words] for line in range(height)]
    widths = [max(len(row[i]) for row in heading + rows) for i in range(len(titles))]
    for row in heading + [["-" * width for width in widths]] + rows:
        print("  ".join(c.ljust(w) if i < 2 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))).rstrip())


def _nbgrader(folder: Path, command: str, watch: str) -> None:
    """Run an nbgrader command in the course folder, with a dot of progress per notebook.

    Errors: CalledProcessError, with the end of nbgrader's log printed before.
    """
    arguments = [sys.executable, "-m", "nbgrader", command, ASSIGNMENT]
    print(f"nbgrader {command} {ASSIGNMENT} ", end="", flush=True)
    log = []
    with subprocess.Popen(
        arguments, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        for line in process.stderr:
            log.append(line)
            if watch in line:
                print(".", end="", flush=True)
    print()
    if process.returncode:
        print("".join(log[-30:]), file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, arguments)


if __name__ == "__main__":
    sys.exit(main())
