"""What each grade was given for: a table of this course's own, beside nbgrader's, in the gradebook.

nbgrader keeps a grade, but not the answer that it was given for, nor what the cell was worth then. Both are written in
the transaction that writes the grades, so they fit these wherever a run is broken off.
"""

import hashlib
import json

from nbformat import NotebookNode
from nbgrader.api import Assignment, Grade, Gradebook, GradeCell, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Column, Float, MetaData, String, Table, and_, inspect, or_

GRADED_FOR = Table(
    "graded_for",
    MetaData(),
    Column("grade_id", String(32), primary_key=True),
    Column("max_score", Float, nullable=False),
    Column("answer", String(64), nullable=False),  # a digest; "" for a test, whose answer is in other cells
)
Reason = tuple[float, str]  # max_score, answer


def digest(cell: NotebookNode) -> str:
    """Of a written answer: of its text and its pictures."""
    content = json.dumps([cell.source, cell.get("attachments", {})], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def read(gradebook: Gradebook, notebook: SubmittedNotebook) -> dict[str, Reason]:
    """By the id of the grade, what the last run graded."""
    if not _is_there(gradebook):
        return {}
    rows = gradebook.db.query(GRADED_FOR).join(Grade, Grade.id == GRADED_FOR.c.grade_id)
    return {grade: tuple(reason) for grade, *reason in rows.filter(Grade.notebook_id == notebook.id)}


def write(gradebook: Gradebook, reasons: dict[str, Reason]) -> None:
    """Put them in place of what is there for these grades; the caller commits."""
    if not reasons:
        return
    GRADED_FOR.create(gradebook.db.connection(), checkfirst=True)
    gradebook.db.execute(GRADED_FOR.delete().where(GRADED_FOR.c.grade_id.in_(list(reasons))))
    rows = [dict(zip(GRADED_FOR.columns.keys(), (grade, *reason))) for grade, reason in reasons.items()]
    gradebook.db.execute(GRADED_FOR.insert(), rows)


def students_with_other_points(gradebook: Gradebook, assignment: Assignment) -> set[str]:
    """Students with a grade out of more, or fewer, points than the cell is worth now."""
    rows = gradebook.db.query(SubmittedAssignment.student_id).select_from(Grade)
    rows = rows.join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
    rows = rows.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    rows = rows.filter(SubmittedAssignment.assignment_id == assignment.id)
    rows = rows.join(GradeCell, GradeCell.id == Grade.cell_id)
    is_other = Grade.auto_score > GradeCell.max_score
    if _is_there(gradebook):
        rows = rows.outerjoin(GRADED_FOR, GRADED_FOR.c.grade_id == Grade.id)
        unknown = and_(GRADED_FOR.c.grade_id.is_(None), is_other)  # graded before there was this table
        is_other = or_(GRADED_FOR.c.max_score != GradeCell.max_score, unknown)
    return {student for (student,) in rows.filter(is_other).distinct()}


def _is_there(gradebook: Gradebook) -> bool:
    return inspect(gradebook.db.connection()).has_table(GRADED_FOR.name)
