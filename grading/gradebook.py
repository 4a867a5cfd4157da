"""What is asked of nbgrader's gradebook beside its own methods, a query each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, GradeCell, SubmittedAssignment, SubmittedNotebook
from nbgrader.nbgraderformat import SCHEMA_VERSION
from sqlalchemy import func


@dataclass(frozen=True)
class Released:
    """A notebook as the instructor released it. cells: those that nbgrader knows, by name, in their order."""

    cells: dict[str, NotebookNode]
    kernelspec: dict | None = None


def released(gradebook: Gradebook, assignment: str, notebook: str) -> Released:
    """Errors: nbgrader.api.MissingEntry if there is no such notebook."""
    known = gradebook.find_notebook(notebook, assignment)
    points = {cell.name: cell.max_score for cell in [*known.grade_cells, *known.task_cells]}
    graded = {cell.name for cell in known.grade_cells}
    answers = {cell.name for cell in known.solution_cells}
    tasks = {cell.name for cell in known.task_cells}
    cells = {}
    for source in known.source_cells:
        name = source.name
        claim = {
            "schema_version": SCHEMA_VERSION,
            "grade_id": name,
            "grade": name in graded,
            "solution": name in answers,
            "task": name in tasks,
            "locked": source.locked,
            "cell_type": source.cell_type,
            "checksum": source.checksum,
        }
        if name in points:
            claim["points"] = points[name]
        new_cell = getattr(nbformat.v4, f"new_{source.cell_type}_cell")
        cells[name] = new_cell(source.source, metadata={"nbgrader": claim, "deletable": False})
    return Released(cells, json.loads(known.kernelspec) if known.kernelspec else None)


def entries(gradebook: Gradebook, table: type[Grade] | type[Comment], notebook: SubmittedNotebook) -> dict:
    """The grades, or the comments, of a submitted notebook, by the name of the cell."""
    rows = gradebook.db.query(BaseCell.name, table).join(table, table.cell_id == BaseCell.id)
    return dict(rows.filter(table.notebook_id == notebook.id).all())


def students_on_record(gradebook: Gradebook, assignment: str) -> set[str]:
    """Students of whom the gradebook has a submission, graded or not."""
    known = gradebook.find_assignment(assignment)
    rows = gradebook.db.query(SubmittedAssignment.student_id).filter_by(assignment_id=known.id)
    return {student for (student,) in rows}


def students_with_open_grades(gradebook: Gradebook, assignment: str) -> Iterator[str]:
    """Students of whom a submission is on record, and not the points of all its tests."""
    known = gradebook.find_assignment(assignment)
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


def points_of(gradebook: Gradebook, assignment: str) -> dict[str, float]:
    """The automatic points of each student, all notebooks together."""
    known = gradebook.find_assignment(assignment)
    rows = (
        gradebook.db.query(SubmittedAssignment.student_id, func.sum(Grade.auto_score))
        .select_from(Grade)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == known.id)
        .group_by(SubmittedAssignment.student_id)
    )
    return {student: points or 0.0 for student, points in rows}
