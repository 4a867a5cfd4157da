"""What the gradebook says about a notebook, as a short text: a page keeps it, and so can be told to be out of date."""

import hashlib
from collections import defaultdict

from nbgrader.api import Assignment, Comment, Grade, Gradebook, Notebook, SubmittedAssignment, SubmittedNotebook

# The columns that a page shows. `score` is made of them.
SHOWN = (
    (Grade, (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)),
    (Comment, (Comment.auto_comment, Comment.manual_comment)),
)


def states(gradebook: Gradebook, assignment: str, student: str | None = None) -> dict[tuple[str, str], str]:
    """By (student, notebook), a digest of the points and comments; of one student, or of all in two queries."""
    found = defaultdict(list)
    for table, columns in SHOWN:
        query = gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, table.cell_id, *columns)
        query = query.select_from(table).join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
        query = query.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        query = query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        query = query.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        query = query.filter(Assignment.name == assignment)
        if student is not None:
            query = query.filter(SubmittedAssignment.student_id == student)
        for owner, notebook, *values in query:
            found[owner, notebook].append(repr((table.__name__, *values)))
    return {key: hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16] for key, lines in found.items()}
