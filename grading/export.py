"""Write the grades of one assignment as CSV.

Columns: student_id, last_name, first_name, email, submitted; for each notebook its exercises as NOTEBOOK: GRADE_ID and
their sum; points, late_penalty, total (points less the penalty, at least 0), max_total, seconds_late,
needs_manual_grading (yes or no).

An empty cell means not graded yet, which is not 0; sums include only the grades that exist. Every student in the
gradebook has a row. In names, ids and email addresses an apostrophe precedes each = + - @ at the start, or behind a
blank, a quote or a separator, so that no spreadsheet runs it as a formula: remove it if an id has to match.

The file is UTF-8 with commas and decimal points. For Excel, add --bom; otherwise accented names may be garbled.

--canvas takes a gradebook that Canvas exported, and --moodle-worksheet a grading worksheet that Moodle did (View all
submissions, Download grading worksheet, in English). A copy, THEIRS-graded.csv, gets each student's total; every other
byte stays, and the platform imports the copy. Students are found by the numbers that `collect` has seen, by ids and by
email addresses; in Moodle's file also by full names. Who still lacks a grade by hand is not filled in.

Examples:
  python -m grading export phase-00-foundations
  python -m grading export phase-00-foundations --to grades.csv --bom
  python -m grading export phase-00-foundations --to - | column -s, -t
  python -m grading export phase-00-foundations --canvas 2026-11-20_Grades-LLM.csv --column "Foundations (4711)"
  python -m grading export phase-00-foundations --moodle-worksheet Grades-LLM-Foundations.csv

Exit status: 0 written; 1 written, but some grades need your attention; 2 not written.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from grading.collect.ledger import Ledger
from grading.course import load_config, source_notebook
from grading.gradebook import Points, class_list, find_assignment, graded_cells, points_by_student
from grading.plain_text import as_text
from grading.steps.points import renew_penalties
from grading.whole_file import whole_file
from grading.worksheet.fill import Worksheet, fill


def run(args: argparse.Namespace) -> int:
    """Write the file, and return the exit status."""
    try:
        _check(args)
        course = CourseDirectory(config=load_config(Path.cwd(), args.db))
        with Gradebook(course.db_url, course.course_id) as gradebook:
            renew_penalties(gradebook, args.assignment, course.config)
            table = list(rows(gradebook, args.assignment, course))
            if args.canvas or args.moodle_worksheet:
                return _fill(args, table, gradebook, course)
        if args.to == "-":
            _write(table, sys.stdout)
            return 0
        target = Path(args.to or f"grades-{args.assignment}.csv")
        _write_file(table, target, "utf-8-sig" if args.bom else "utf-8")
    except (ValueError, OSError) as error:
        print(f"Not written: {error}", file=sys.stderr)
        return 2
    print(f"{target}: {len(table) - 1} students.")
    return 0


def _check(args: argparse.Namespace) -> None:
    """Errors: ValueError if an option would have no effect."""
    if args.canvas and args.moodle_worksheet:
        raise ValueError("--canvas and --moodle-worksheet are two files. Next step: export for each by itself.")
    if args.column and not (args.canvas or args.moodle_worksheet):
        raise ValueError(
            f"--column {args.column} is of a platform's file. Next step: add --canvas or --moodle-worksheet."
        )
    if args.bom and (args.canvas or args.moodle_worksheet):
        raise ValueError("A platform's file is filled in as it is. Next step: leave out --bom.")


def _fill(args: argparse.Namespace, table: list[list[str]], gradebook: Gradebook, course: CourseDirectory) -> int:
    """Fill the platform's own file. Returns the exit status."""
    path = Path(args.canvas or args.moodle_worksheet)
    target = Path(args.to or path.with_name(f"{path.stem}-graded{path.suffix}"))
    sheet = Worksheet(path, bool(args.canvas), args.column, args.assignment)
    grades = [dict(zip(table[0], line)) for line in table[1:]]
    ledger = Ledger(Path(course.root, "downloaded", args.assignment, "collected.csv"))
    said, needs_attention = fill(sheet, grades, gradebook.students, ledger, target)
    print("\n".join(said))
    return 1 if needs_attention else 0


def _write_file(table: list[list[str]], target: Path, encoding: str) -> None:
    with whole_file(target) as unfinished, unfinished.open("w", encoding=encoding, newline="") as file:
        _write(table, file)


def _write(table: list[list[str]], file: TextIO) -> None:
    csv.writer(file).writerows(table)


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
