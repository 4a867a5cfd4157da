"""What the gradebook says, in a few queries whatever the size of the class (nbgrader's own exporter: one a student)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
from nbgrader.api import Assignment, Grade, Gradebook, MissingEntry, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory


@dataclass
class Submission:
    """What one student has: points by cell, and how late."""

    student: str = ""
    points: dict[str, float | None] = field(default_factory=dict)
    penalty: float = 0.0
    seconds_late: float = 0.0
    needs_manual_grading: bool = False


def find_assignment(gradebook: Gradebook, assignment: str) -> Assignment:
    """Errors: ValueError, with what to do."""
    try:
        return gradebook.find_assignment(assignment)
    except MissingEntry:
        raise ValueError(
            f"the gradebook has no assignment {assignment!r}. Next step: nbgrader generate_assignment {assignment}"
        ) from None


def exercises(assignment: Assignment, course: CourseDirectory | None) -> dict[str, dict[str, str]]:
    """For each notebook, by name, the ids of its graded cells in the gradebook by grade_id.

    In the order of the course's notebook: a gradebook keeps none. Cells that are no longer in it come last.
    """
    found = {}
    for notebook in sorted(assignment.notebooks, key=lambda notebook: notebook.name):
        order = _order(notebook.name, assignment.name, course) or [cell.name for cell in notebook.source_cells]
        rank = {name: at for at, name in enumerate(order)}
        graded = sorted(
            [*notebook.grade_cells, *notebook.task_cells], key=lambda cell: (rank.get(cell.name, len(rank)), cell.name)
        )
        found[notebook.name] = {cell.name: cell.id for cell in graded}
    return found


def _order(notebook: str, assignment: str, course: CourseDirectory | None) -> list[str]:
    if course is None:
        return []
    for folder in (course.source_directory, course.release_directory):
        path = Path(course.format_path(folder, ".", assignment), f"{notebook}.ipynb")
        try:
            cells = nbformat.read(path, as_version=4).cells
            return [cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata]
        except Exception:  # not here, or no notebook: the next one will do
            continue
    return []


def read_students(gradebook: Gradebook) -> list[tuple]:
    """Everybody in the gradebook, in the order of a class list, whichever database sorts."""
    found = gradebook.db.query(Student.id, Student.last_name, Student.first_name, Student.email)
    return sorted(map(tuple, found), key=lambda s: [(part or "").casefold() for part in (s[1], s[2], s[0])])


def read_submissions(gradebook: Gradebook, assignment: Assignment) -> dict[str, Submission]:
    """What each student has, by id.

    Put together here and not by a JOIN: nbgrader's tables have no index for one, and SQLite took 15 seconds for a
    class of 5,000 with 24 cells each.
    """
    query, mine = gradebook.db.query, SubmittedAssignment.assignment_id == assignment.id
    found = {}
    handed_in = query(
        SubmittedAssignment.id,
        SubmittedAssignment.student_id,
        SubmittedAssignment.timestamp,
        SubmittedAssignment.extension,
    )
    for key, student, timestamp, extension in handed_in.filter(mine):
        late = seconds_late(timestamp, assignment.duedate, extension)
        found[key] = Submission(student, seconds_late=late)

    of_notebook = {}
    notebooks = query(
        SubmittedNotebook.id, SubmittedNotebook.assignment_id, SubmittedNotebook.late_submission_penalty
    ).filter(SubmittedNotebook.notebook_id.in_([notebook.id for notebook in assignment.notebooks]))
    for key, submission, penalty in notebooks:
        if submission in found:  # else it has come in between two of these queries
            of_notebook[key] = found[submission]
            found[submission].penalty += penalty or 0.0

    cells = [cell.id for notebook in assignment.notebooks for cell in [*notebook.grade_cells, *notebook.task_cells]]
    grades = query(
        *(Grade.notebook_id, Grade.cell_id, Grade.auto_score, Grade.manual_score),
        *(Grade.extra_credit, Grade.needs_manual_grade),
    ).filter(Grade.cell_id.in_(cells))
    for notebook, cell, automatic, manual, extra, needs_manual_grading in grades:
        given = automatic if manual is None else manual  # nbgrader's rule: a person's grade counts
        if submission := of_notebook.get(notebook):
            submission.points[cell] = None if given is None else given + (extra or 0.0)
            submission.needs_manual_grading |= bool(needs_manual_grading)
    return {submission.student: submission for submission in found.values()}


def seconds_late(handed_in: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
    """0 in time, or where it is not known when it was handed in or due."""
    if handed_in is None or due is None:
        return 0.0
    return max(0.0, (handed_in - due - (extension or timedelta())).total_seconds())
