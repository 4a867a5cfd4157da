"""What is asked of nbgrader's gradebook beside its own methods, in a few queries whatever the size of the class."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import nbformat
from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.nbgraderformat import SCHEMA_VERSION
from sqlalchemy import func, or_
from sqlalchemy.orm import Query

from grading.graded_for import students_with_other_points


@dataclass(frozen=True)
class Released:
    """A notebook as the instructor released it. cells: those that nbgrader knows, by name, in their order."""

    cells: dict[str, NotebookNode]
    kernelspec: dict | None = None


def released(gradebook: Gradebook, assignment: str, notebook: str) -> Released:
    """Errors: nbgrader.api.MissingEntry if there is no such notebook."""
    known = gradebook.find_notebook(notebook, assignment)
    flags = {"grade": known.grade_cells, "solution": known.solution_cells, "task": known.task_cells}
    named = {flag: {cell.name for cell in cells} for flag, cells in flags.items()}
    points = {cell.name: cell.max_score for cell in [*known.grade_cells, *known.task_cells]}
    cells = {}
    for source in known.source_cells:
        claim = {flag: source.name in names for flag, names in named.items()}
        claim |= {"schema_version": SCHEMA_VERSION, "grade_id": source.name, "locked": source.locked}
        claim |= {"cell_type": source.cell_type, "checksum": source.checksum}
        if source.name in points:
            claim["points"] = points[source.name]
        new_cell = getattr(nbformat.v4, f"new_{source.cell_type}_cell")
        cells[source.name] = new_cell(source.source, metadata={"nbgrader": claim, "deletable": False})
    return Released(cells, json.loads(known.kernelspec) if known.kernelspec else None)


def find_assignment(gradebook: Gradebook, assignment: str) -> Assignment:
    """Errors: ValueError, with what to do."""
    try:
        return gradebook.find_assignment(assignment)
    except MissingEntry:
        known = ", ".join(sorted(known.name for known in gradebook.assignments))
        raise ValueError(
            f"The gradebook has no assignment {assignment!r}{f', only {known}' if known else ''}. "
            f"Next step: nbgrader generate_assignment {assignment}"
        ) from None


def entries(gradebook: Gradebook, table: type[Grade] | type[Comment], notebook: SubmittedNotebook) -> dict:
    """The grades, or the comments, of a submitted notebook, by the name of the cell."""
    rows = gradebook.db.query(BaseCell.name, table).join(table, table.cell_id == BaseCell.id)
    return dict(rows.filter(table.notebook_id == notebook.id).all())


def _rows(gradebook: Gradebook, assignment: str, table: type[Grade] | type[Comment], *columns) -> Query:
    """The grades, or the comments, of all submissions to an assignment: the student's id, and these columns."""
    query = gradebook.db.query(SubmittedAssignment.student_id, *columns).select_from(table)
    query = query.join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
    query = query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    return query.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id).filter(
        Assignment.name == assignment
    )


def students_with_points(gradebook: Gradebook, assignment: str) -> set[str]:
    """Students of whom a submission is on record, with the points of all its tests, out of what these are worth now."""
    known = gradebook.find_assignment(assignment)
    # An answer that a person grades has no points before; it is a test and an answer in one.
    by_hand = {(cell.name, cell.notebook_id) for notebook in known.notebooks for cell in notebook.solution_cells}
    grades = _rows(gradebook, assignment, Grade, GradeCell.name, GradeCell.notebook_id)
    grades = grades.join(GradeCell, GradeCell.id == Grade.cell_id)
    open_ones = grades.filter(Grade.auto_score.is_(None), GradeCell.cell_type == "code")
    without = {student for student, *cell in open_ones if tuple(cell) not in by_hand}
    submissions = gradebook.db.query(SubmittedAssignment.student_id).filter_by(assignment_id=known.id)
    return {student for (student,) in submissions} - without - students_with_other_points(gradebook, known)


def points_of(gradebook: Gradebook, assignment: str) -> dict[str, float]:
    """The automatic points of each student, all notebooks together."""
    rows = _rows(gradebook, assignment, Grade, func.sum(Grade.auto_score))
    return {student: points or 0.0 for student, points in rows.group_by(SubmittedAssignment.student_id)}


# --- for late penalties ---


@dataclass(frozen=True)
class LateNotebook:
    """A submitted notebook that is late, or has a penalty. score: before it."""

    id: str
    name: str
    student: str
    score: float
    penalty: float | None
    seconds_late: float


def late_notebooks(gradebook: Gradebook, assignment: Assignment, student: str | None = None) -> list[LateNotebook]:
    """student: only this one's."""
    columns = (SubmittedNotebook.id, Notebook.name, SubmittedAssignment.student_id)
    columns += (SubmittedNotebook.late_submission_penalty, SubmittedAssignment.timestamp, SubmittedAssignment.extension)
    rows = gradebook.db.query(*columns, func.coalesce(func.sum(Grade.score), 0.0)).select_from(SubmittedNotebook)
    rows = rows.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    rows = rows.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
    rows = rows.outerjoin(Grade, Grade.notebook_id == SubmittedNotebook.id)
    rows = rows.filter(SubmittedAssignment.assignment_id == assignment.id)
    if_late = [SubmittedNotebook.late_submission_penalty.is_not(None)]
    if assignment.duedate is not None:
        if_late.append(SubmittedAssignment.timestamp > assignment.duedate)
    rows = rows.filter(or_(*if_late))
    if student is not None:
        rows = rows.filter(SubmittedAssignment.student_id == student)
    return [
        LateNotebook(notebook, name, owner, score, penalty, seconds_late(assignment.duedate, *times))
        for notebook, name, owner, penalty, *times, score in rows.group_by(*columns)
    ]


def set_penalty(gradebook: Gradebook, notebook: str, penalty: float | None) -> None:
    """notebook: its id. The caller commits."""
    rows = gradebook.db.query(SubmittedNotebook).filter(SubmittedNotebook.id == notebook)
    rows.update({SubmittedNotebook.late_submission_penalty: penalty})


# --- for feedback ---

# The columns that a page shows. `score` is made of them.
SHOWN = (
    (Grade, (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)),
    (Comment, (Comment.auto_comment, Comment.manual_comment)),
)


def states(gradebook: Gradebook, assignment: str, student: str | None = None) -> dict[tuple[str, str], str]:
    """By (student, notebook), a digest of what a page shows of it: a page keeps it, and so is known to be out of date.

    student: only this one's.
    """
    found = defaultdict(list)
    for table, columns in SHOWN:
        rows = _rows(gradebook, assignment, table, Notebook.name, table.cell_id, *columns)
        rows = rows.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        if student is not None:
            rows = rows.filter(SubmittedAssignment.student_id == student)
        for owner, notebook, *values in rows:
            found[owner, notebook].append(repr((table.__name__, *values)))
    for late in late_notebooks(gradebook, gradebook.find_assignment(assignment), student):
        found[late.student, late.name].append(repr(late.penalty))
    return {key: hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16] for key, lines in found.items()}


# --- for the export ---


@dataclass
class Points:
    """What one student has: points by the id of the cell, and how late."""

    points: dict[str, float | None] = field(default_factory=dict)
    penalty: float = 0.0
    seconds_late: float = 0.0
    needs_manual_grading: bool = False


def graded_cells(notebook: Notebook, order: Sequence[str]) -> dict[str, str]:
    """The ids of a notebook's graded cells by name: in this order, then those that are no longer in it."""
    rank = {name: at for at, name in enumerate(order or [cell.name for cell in notebook.source_cells])}
    cells = [*notebook.grade_cells, *notebook.task_cells]
    return {cell.name: cell.id for cell in sorted(cells, key=lambda cell: (rank.get(cell.name, len(rank)), cell.name))}


def class_list(gradebook: Gradebook) -> list[tuple]:
    """Everybody's id, last name, first name and email, in the order of a class list, whichever database sorts."""
    found = gradebook.db.query(Student.id, Student.last_name, Student.first_name, Student.email)
    return sorted(map(tuple, found), key=lambda s: [(part or "").casefold() for part in (s[1], s[2], s[0])])


def points_by_student(gradebook: Gradebook, assignment: Assignment) -> dict[str, Points]:
    """What each student has, by id."""
    found = defaultdict(Points)
    submissions = gradebook.db.query(SubmittedAssignment).filter_by(assignment_id=assignment.id)
    columns = (SubmittedAssignment.student_id, SubmittedAssignment.timestamp, SubmittedAssignment.extension)
    for student, *times in submissions.with_entities(*columns):
        found[student].seconds_late = seconds_late(assignment.duedate, *times)
    columns = (SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty)
    for student, penalty in submissions.join(SubmittedAssignment.notebooks).with_entities(*columns):
        found[student].penalty += penalty or 0.0
    columns = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
    rows = _rows(gradebook, assignment.name, Grade, Grade.cell_id, *columns)
    for student, cell, automatic, manual, extra, needs_manual_grading in rows:
        given = automatic if manual is None else manual  # nbgrader's rule: a person's grade counts
        found[student].points[cell] = None if given is None else given + (extra or 0.0)
        found[student].needs_manual_grading |= bool(needs_manual_grading)
    return found


def seconds_late(due: datetime | None, handed_in: datetime | None, extension: timedelta | None) -> float:
    """0 in time, or where it is not known when it was handed in or due."""
    if handed_in is None or due is None:
        return 0.0
    return max(0.0, (handed_in - due - (extension or timedelta())).total_seconds())


# --- for the report ---


def _by_student(pairs: Iterable[tuple[str, str]]) -> defaultdict[str, set[str]]:
    found = defaultdict(set)
    for student, cell in pairs:
        found[student].add(cell)
    return found


def waiting_for_a_person(gradebook: Gradebook, assignment: str) -> defaultdict[str, set[str]]:
    """By student, the ids of the cells that a person has to grade, or to look at again."""
    return _by_student(_rows(gradebook, assignment, Grade, Grade.cell_id).filter(Grade.needs_manual_grade))


def not_answered(gradebook: Gradebook, assignment: str) -> defaultdict[str, set[str]]:
    """By student, the ids of the answers' cells that are as they were handed out."""
    rows = _rows(gradebook, assignment, Comment, Comment.cell_id)
    return _by_student(rows.filter(Comment.auto_comment == "No response."))


def times_handed_in(gradebook: Gradebook, assignment: Assignment) -> dict[str, datetime]:
    """When each student handed in (UTC), where that is known."""
    submissions = gradebook.db.query(SubmittedAssignment.student_id, SubmittedAssignment.timestamp)
    submissions = submissions.filter_by(assignment_id=assignment.id)
    return dict(submissions.filter(SubmittedAssignment.timestamp.is_not(None)).all())
