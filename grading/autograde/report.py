"""What an instructor sees at the end: points, and what went wrong for whom."""

import statistics

from nbgrader.api import Grade, Gradebook, GradeCell, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import func

SHOWN = 30


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


def table(graded: list[str], points: dict[str, float], notes: dict[str, list[str]]) -> str:
    """A row for each student if they are few, else for those only of whom there is something to say."""
    shown = graded if len(graded) <= SHOWN else []
    students = sorted({*shown, *notes})
    if not students:
        return ""
    width = max(len("student"), *map(len, students))
    lines = [f"{'student':<{width}}  {'points':>7}  problem"]
    for student in students:
        score = f"{points.get(student, 0):7g}" if student in graded else f"{'-':>7}"
        first, *more = notes.get(student) or [""]
        lines.append(f"{student:<{width}}  {score}  {_short(first)}".rstrip())
        lines += [f"{'':<{width}}  {'':>7}  {_short(line)}" for line in more]
    return "\n".join(lines)


def summary(graded: list[str], failed: int, skipped: int, points: dict[str, float], seconds: float) -> str:
    """One line: how many, how well, how long."""
    scores = [points.get(student, 0) for student in graded]
    parts = [f"{len(graded)} graded"]
    if scores:
        parts[0] += f" (median {statistics.median(scores):g} points, lowest {min(scores):g}, highest {max(scores):g})"
    parts += [f"{failed} not graded"] if failed else []
    parts += [f"{skipped} already graded, unchanged"] if skipped else []
    return f"{', '.join(parts)}; {seconds:.0f} s."


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:157] + "..."
