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

An empty cell is a grade that nobody has given yet, which is not 0; a sum holds what has been given. Every student of
the gradebook has a row. In names, ids and e-mail addresses, an apostrophe is put before what a spreadsheet would read
as a formula (it begins with = + - @, a tab or a line break): remove it again where an id has to match.

The file is UTF-8 with commas and decimal points. Moodle reads it as it is (Grades, Import, CSV file: choose which
column names the student, and map "total" to the grade item). Canvas takes only a file with the columns of its own
export: copy "total" into that. For Excel add --bom, else it may show accented names wrongly.

Exit status: 0 written; 2 not written."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("assignment", help="its name, for example phase-00-foundations")
    parser.add_argument(
        "--to", metavar="FILE.csv", help="the file to write, or - for the screen (default: grades-ASSIGNMENT.csv)"
    )
    parser.add_argument("--bom", action="store_true", help="begin the file with a byte-order mark, for Excel")
    parser.add_argument("--db", help="the gradebook's address, sqlite:///... or postgresql://... (default: configured)")


def run(args: argparse.Namespace) -> int:
    """Write the file, and return the exit status."""
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SQLAlchemyError

    from grading.config import load_config
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
