"""Which submissions there are, and which of them still have to be graded."""

import contextlib
import glob
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Grade, Gradebook, GradeCell, SubmittedAssignment, SubmittedNotebook
from nbgrader.converters import Autograde


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    why: it has to be graded: "new", "newer" (handed in again), "unfinished" (an earlier run was broken off in the
    middle) or "forced"; "" if it has been graded.
    """

    student: str
    folder: Path
    why: str


def handed_in(autograde: Autograde, gradebook: Gradebook, force: bool) -> tuple[list[Submission], dict[str, str]]:
    """All submissions. What has to be graded is so by nbgrader's own rule, or because it was left half graded.

    Second, by student, why nbgrader cannot see a submission.

    autograde: nbgrader's converter, with the assignment and the students chosen. Errors: ValueError if there is no
    submission at all.
    """
    course = autograde.coursedir
    folders = sorted(glob.glob(autograde._format_source(course.assignment_id, course.student_id)))
    excluded = set(course.student_id_exclude.split(",")) if course.student_id_exclude else set()
    unfinished = Unfinished(gradebook, course.assignment_id)
    found, unseen = [], {}
    for folder, student in ((folder, student_of(autograde, folder)) for folder in folders):
        if student in excluded:
            continue
        names = {
            Path(path).stem for path in glob.glob(os.path.join(glob.escape(folder), f"{course.notebook_id}.ipynb"))
        }
        if glob.escape(student) != student:  # nbgrader would take it for a pattern, and grade somebody else's
            unseen[student] = "nbgrader does not support *, ? or [ in the name of a folder. Rename it."
        elif names:
            found.append(Submission(student, Path(folder), _why(autograde, folder, student, names, unfinished, force)))
        else:
            unseen[student] = "The submission contains no notebook."
    if not folders:
        wanted = course.format_path(course.submitted_directory, "STUDENT", course.assignment_id)
        raise ValueError(f"Nothing has been submitted: there is no {wanted}/*.ipynb.")
    return found, unseen


def student_of(autograde: Autograde, folder: str) -> str:
    """The student whose submission is in this folder, as nbgrader reads it from the path."""
    pattern = autograde._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
    return re.match(pattern, folder).group("student_id")


class Unfinished:
    """Tells which submissions nbgrader has begun to grade, and not ended."""

    def __init__(self, gradebook: Gradebook, assignment: str) -> None:
        known = gradebook.find_assignment(assignment)
        self.notebooks = {notebook.name for notebook in known.notebooks}
        submissions = gradebook.db.query(SubmittedAssignment.student_id).filter_by(assignment_id=known.id)
        self._on_record = {student for (student,) in submissions}
        self._half_on_record = set(_students_with_open_grades(gradebook, known))

    def __contains__(self, graded: tuple[str, set[str], Path]) -> bool:
        """student, names of the notebooks handed in, folder in autograded/."""
        student, names, folder = graded
        if student not in self._on_record or student in self._half_on_record:
            return True
        return not all(_has_run(folder / f"{name}.ipynb") for name in names & self.notebooks)


def _why(autograde: Autograde, folder: str, student: str, names: set[str], unfinished: Unfinished, force: bool) -> str:
    course = autograde.coursedir
    graded = course.format_path(course.autograded_directory, student, course.assignment_id)
    if force:
        return "forced"
    if not os.path.exists(graded):
        return "new"
    try:
        handed_in_at, before = map(course.get_existing_timestamp, (folder, graded))
    except Exception:  # it holds no time; nbgrader will say so
        return "unfinished"
    if handed_in_at is not None and (before is None or handed_in_at > before):
        return "newer"  # none before: an interrupted run has begun to clear the folder
    if (student, names, Path(graded)) in unfinished:
        return "unfinished"
    _protect(autograde, student, Path(graded))
    return ""


def _protect(autograde: Autograde, student: str, graded: Path) -> None:
    """Nbgrader's last act on a submission, if it was broken off just before."""
    permissions = int(str(autograde.permissions), 8)
    with contextlib.suppress(OSError):  # somebody else's files
        if any(path.stat().st_mode & 0o222 & ~permissions for path in graded.glob("*.ipynb")):
            autograde.set_permissions(autograde.coursedir.assignment_id, student)


def _students_with_open_grades(gradebook: Gradebook, known) -> Iterator[str]:
    """Students of whom a submission is on record, and not the points of all its tests."""
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
    return (student for student, name, notebook in rows if (name, notebook) not in by_hand)


def _has_run(path: Path) -> bool:
    """Whether a notebook was written with its outputs, which nbgrader does after it has saved the points."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")
    except (OSError, ValueError, KeyError, TypeError):  # not there, or half written
        return False
