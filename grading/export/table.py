"""The lines of the table."""

import re
from collections.abc import Iterator

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from grading.course import source_notebook
from grading.gradebook import Points, class_list, find_assignment, graded_cells, points_by_student

# A spreadsheet reads a formula where one of these signs comes first, also as the wide, small, raised and lowered
# characters that it makes plain: at the start of a cell, and behind whatever it may split a line at or leave out.
SIGNS = "=+@\\-＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−"
SEPARATORS = r",;|\s\"'`“”„«»，；｜\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
FORMULA = re.compile(rf"(?:\A|(?<=[{SEPARATORS}]))(?=[{SIGNS}])")


def rows(gradebook: Gradebook, assignment: str, course: CourseDirectory | None = None) -> Iterator[list[str]]:
    """The lines of the table, the heading first. Errors: ValueError if the gradebook knows no such assignment."""
    known = find_assignment(gradebook, assignment)
    notebooks = {}
    for notebook in sorted(known.notebooks, key=lambda notebook: notebook.name):
        order = source_notebook(course, assignment, notebook.name).order if course else ()
        notebooks[notebook.name] = graded_cells(notebook, order)
    heading = ["student_id", "last_name", "first_name", "email", "submitted"]
    for notebook, cells in notebooks.items():
        heading += [as_text(f"{notebook}: {name}") for name in [*cells, "sum"]]
    yield heading + ["points", "late_penalty", "total", "max_total", "seconds_late", "needs_manual_grading"]

    submissions = points_by_student(gradebook, known)
    most = number(known.max_score)
    for student in class_list(gradebook):
        submission = submissions.get(student[0])
        line = [*map(as_text, student), "no" if submission is None else "yes"]
        submission = submission or Points()
        everything = []
        for cells in notebooks.values():
            points = [submission.points.get(cell) for cell in cells.values()]
            line += [*map(number, points), number(total(points))]
            everything += points
        points = total(everything)
        final = None if points is None else max(0.0, points - submission.penalty)
        line += [number(points), number(submission.penalty), number(final), most, number(submission.seconds_late)]
        yield [*line, "yes" if submission.needs_manual_grading else "no"]


def total(points: list[float | None]) -> float | None:
    """The sum of what has been given; None if nothing has."""
    given = [number for number in points if number is not None]
    return sum(given) if given else None


def number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 6):.15g}"


def as_text(value: str | None) -> str:
    """A text with an apostrophe before each sign at which a spreadsheet could take the rest for a formula."""
    return FORMULA.sub("'", value or "")
