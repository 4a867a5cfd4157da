"""What a class and an LMS do while an instructor types: four students, with the notebook of lab 01 each."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from answers import lab_01
from doc_course import Course
from nbgrader.api import Gradebook
from nbgrader.utils import is_solution

PHASE, LAB = "phase-00-foundations", "lab-01-kv-cache-speedup"
MARK = "these are words of a student"  # in everybody's answer, to find it wherever it gets to
MISTAKE = next(answer for answer in lab_01.ANSWERS if answer.exercise == "attention_step" and not answer.is_right)


def write_notebook(course: Course, student: str, path: Path) -> None:
    """The released notebook with a student's answers; ben's have a mistake."""
    inside = f"{PHASE}/{LAB}.ipynb"
    source = nbformat.read(course.root / "source" / inside, as_version=4)
    answers = {cell.metadata.nbgrader.grade_id: cell.source for cell in source.cells if is_solution(cell)}
    answers["whiteboard"] = MARK
    if student == "ben":
        answers[MISTAKE.exercise] = MISTAKE.code
    notebook = nbformat.read(course.root / "release" / inside, as_version=4)
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = answers[cell.metadata.nbgrader.grade_id]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def write_class_list(course: Course) -> None:
    people = "ada,Ada,Lovelace,ada@example.org\nben,Ben,Bitdiddle,ben@example.org\n"
    (course.root / "students.csv").write_text(f"id,first_name,last_name,email\n{people}", encoding="utf-8")


def download_from_the_lms(course: Course) -> None:
    """Moodle's zip; a browser has changed the notebooks' names."""
    (course.root / "downloaded").mkdir()
    with zipfile.ZipFile(course.root / "downloaded" / "submissions.zip", "w") as file:
        for student, name in (("ada", "Ada Lovelace_1234567"), ("ben", "Ben Bitdiddle_1234568")):
            write_notebook(course, student, course.beside / f"{student}.ipynb")
            file.write(course.beside / f"{student}.ipynb", f"{name}_assignsubmission_file_/{LAB} (1).ipynb")


def download_moodles_worksheet(course: Course) -> None:
    heading = 'Identifier,"Full name",Grade,"Maximum Grade","Last modified (grade)"'
    (course.root / "downloaded/worksheet.csv").write_text(f'{heading}\nParticipant 1234567,"Ada Lovelace",,96.00,-\n')


def export_canvass_gradebook(course: Course) -> None:
    rows = '    Points Possible,,,,96\n"Bitdiddle, Ben",1,ben,A,\n'
    (course.root / "downloaded/gradebook.csv").write_text(f"Student,ID,SIS Login ID,Section,Foundations (4711)\n{rows}")


def dora_submits_on_the_hub(course: Course) -> None:
    """What `nbgrader submit` leaves in the exchange."""
    handed_in = "2026-11-03 18:00:00.000000 UTC"
    folder = course.beside / "exchange" / "mini-vllm" / "inbound" / f"dora+{PHASE}+{handed_in}+random"
    write_notebook(course, "dora", folder / f"{LAB}.ipynb")
    (folder / "timestamp.txt").write_text(handed_in)
    (folder / "submission_secret.txt").write_text("secret")


def cleo_writes_a_mail(course: Course) -> None:
    write_notebook(course, "cleo", course.root / "mail" / "cleo" / f"{LAB}.ipynb")


def cut_cleos_file_off(course: Course) -> None:
    path = course.root / "submitted" / "cleo" / PHASE / f"{LAB}.ipynb"
    path.write_bytes(path.read_bytes()[:3000])


def late_penalty(course: Course, student: str) -> float:
    """Points taken, in the gradebook as it stands."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        return gradebook.find_submission_notebook(LAB, PHASE, student).late_submission_penalty or 0


@dataclass(frozen=True)
class Act:
    """What is done, once, before the first command that has `words` in it. status: what that command then ends with."""

    words: str
    do: Callable[[Course], None]
    status: int = 0


ACTS = (
    Act("db student import students.csv", write_class_list),
    Act("nbgrader collect", dora_submits_on_the_hub),
    Act("--from moodle", download_from_the_lms),
    Act("--from folder mail", cleo_writes_a_mail),
    # Nobody has graded the whiteboard answers, which the command reports.
    Act("--moodle-worksheet", download_moodles_worksheet, status=1),
    Act("--canvas", export_canvass_gradebook, status=1),
    Act("--student cleo --force", cut_cleos_file_off, status=1),
)
