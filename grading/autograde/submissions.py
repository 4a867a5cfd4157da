"""Which submissions there are, and which of them still have to be graded."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Grade, Gradebook, GradeCell, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.converters import Autograde


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    why: "new", "newer" (handed in again), "unfinished" (an earlier run was broken off in the middle) or "forced".
    """

    student: str
    folder: Path
    why: str


def pending(autograde: Autograde, gradebook: Gradebook, force: bool) -> tuple[list[Submission], set[str]]:
    """The submissions to grade, by nbgrader's own rule, and those which an interrupted run left half graded.

    Second, all students who have handed something in.

    autograde: nbgrader's converter, with the assignment and the students chosen. Errors: NbGraderException if
    there is no submission at all.
    """
    course = autograde.coursedir
    autograde.init_notebooks()
    excluded = set(course.student_id_exclude.split(",")) if course.student_id_exclude else set()
    half_graded = students_with_open_grades(gradebook, course.assignment_id)
    found, students = [], set()
    for folder in sorted(autograde.assignments):
        student = student_of(autograde, folder)
        if student in excluded:
            continue
        students.add(student)
        graded = Path(course.format_path(course.autograded_directory, student, course.assignment_id))
        if why := _why(autograde, Path(folder), graded, student in half_graded, force):
            found.append(Submission(student, Path(folder), why))
    return found, students


def student_of(autograde: Autograde, folder: str) -> str:
    """The student whose submission is in this folder, as nbgrader reads it from the path."""
    pattern = autograde._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
    return re.match(pattern, folder).group("student_id")


def students_with_open_grades(gradebook: Gradebook, assignment: str) -> set[str]:
    """Students of whom a submission is on record, and not the points of all its tests."""
    try:
        known = gradebook.find_assignment(assignment)
    except MissingEntry:
        return set()
    # An answer that a person grades has no points before; it is a test and an answer in one.
    by_hand = {(cell.name, cell.notebook_id) for notebook in known.notebooks for cell in notebook.solution_cells}
    rows = (
        gradebook.db.query(SubmittedAssignment.student_id, GradeCell.name, GradeCell.notebook_id)
        .select_from(Grade)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == known.id, Grade.auto_score.is_(None))
        .filter(GradeCell.cell_type == "code")
    )
    return {student for student, name, notebook in rows if (name, notebook) not in by_hand}


def _why(autograde: Autograde, folder: Path, graded: Path, has_open_grades: bool, force: bool) -> str:
    """Why it has to be graded; "" if it has not."""
    if force:
        return "forced"
    if not graded.exists():
        return "new"
    course = autograde.coursedir
    handed_in, before = (course.get_existing_timestamp(str(path)) for path in (folder, graded))
    if handed_in is not None and before is not None and handed_in > before:
        return "newer"
    return "unfinished" if has_open_grades or not _is_finished(folder, graded) else ""


def _is_finished(folder: Path, graded: Path) -> bool:
    """Whether every notebook was written with its outputs, which nbgrader does after it has saved the points.

    Its last act on a submission is to write-protect the files, and that is what is looked for.
    """
    names = [path.name for path in folder.glob("*.ipynb")]
    files = [graded / name for name in names if (graded / name).exists()]
    return bool(files) and all(not path.stat().st_mode & 0o222 or _has_run(path) for path in files)


def _has_run(path: Path) -> bool:
    try:
        cells = nbformat.read(path, as_version=4).cells
    except Exception:  # half written
        return False
    return all(cell.execution_count for cell in cells if cell.cell_type == "code")
