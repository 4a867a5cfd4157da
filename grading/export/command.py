"""The command line of `python -m grading export`."""

import argparse
import csv
import os
import sys
from pathlib import Path
from typing import TextIO

EPILOG = """Examples:
  python -m grading export phase-00-foundations
  python -m grading export phase-00-foundations --to grades.csv --bom
  python -m grading export phase-00-foundations --to - | column -s, -t

Columns: student_id, last_name, first_name, email, submitted; for each notebook its exercises as NOTEBOOK: GRADE_ID and
their sum; points, late_penalty, total (points less the penalty, at least 0), max_total, seconds_late,
needs_manual_grading (yes or no).

An empty cell means not graded yet, which is not 0; sums include only the grades that exist. Every student in the
gradebook has a row. In names, ids and email addresses an apostrophe precedes each = + - @ at the start, or behind a
blank, a quote or a separator, so that no spreadsheet runs it as a formula: remove it if an id has to match.

The file is UTF-8 with commas and decimal points. Moodle imports it directly (Grades, Import, CSV file: choose the
column that identifies the student, and map "total" to the grade item). Canvas accepts only the columns of its own
export: copy "total" into such a file. For Excel, add --bom; otherwise accented names may be garbled.

Exit status: 0 written; 2 not written."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("assignment", help="the assignment's name, for example phase-00-foundations")
    parser.add_argument(
        "--to", metavar="FILE.csv", help="the file to write, or - for the screen (default: grades-ASSIGNMENT.csv)"
    )
    parser.add_argument("--bom", action="store_true", help="start the file with a byte order mark, for Excel")
    parser.add_argument(
        "--db", help="the gradebook's URL, sqlite:///... or postgresql://... (default: from nbgrader_config.py)"
    )


def run(args: argparse.Namespace) -> int:
    """Write the file, and return the exit status."""
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SQLAlchemyError

    from grading.course import load_config
    from grading.export.table import rows

    try:
        course = CourseDirectory(config=load_config(Path.cwd(), args.db))
        with Gradebook(course.db_url, course.course_id) as gradebook:
            table = list(rows(gradebook, args.assignment, course))
        if args.to == "-":
            _write(table, sys.stdout)
            return 0
        target = Path(args.to or f"grades-{args.assignment}.csv")
        _write_file(table, target, "utf-8-sig" if args.bom else "utf-8")
    except (ValueError, OSError, SQLAlchemyError) as error:
        print(f"Not written: {error}", file=sys.stderr)
        return 2
    print(f"{target}: {len(table) - 1} students.")
    return 0


def _write_file(table: list[list[str]], target: Path, encoding: str) -> None:
    """Write the file whole or not at all."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        with unfinished.open("w", encoding=encoding, newline="") as file:
            _write(table, file)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(table: list[list[str]], file: TextIO) -> None:
    csv.writer(file).writerows(table)
