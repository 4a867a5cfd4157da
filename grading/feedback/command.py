"""Write each student's feedback pages.

Pages are written to feedback/STUDENT/ASSIGNMENT/NOTEBOOK.html, as with `nbgrader generate_feedback`. Pages that
already match the gradebook are not written again.

Examples:
  python -m grading feedback phase-00-foundations
  python -m grading feedback phase-00-foundations --student ada --force

Exit status: 0 all written; 1 some could not be written; 2 broken off, or nothing to write; 130 stopped by Ctrl-C.
"""

import argparse
import contextlib
import functools
import itertools
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tqdm import tqdm

from grading.feedback.course import Course


def run(args: argparse.Namespace) -> int:
    """Write the pages, and return the exit status."""
    if args.workers < 1:
        raise ValueError(f"--workers {args.workers}: must be at least 1.")
    course = Course(Path.cwd(), args.db, args.assignment)
    todo, skipped = select(course, args.student, args.force)
    failed = write_all(course, todo, args.workers)
    for student, reason in sorted(failed.items()):
        print(f"{student}: not written. {reason}", file=sys.stderr)
    counts = [f"{len(todo) - len(failed)} written"]
    counts += [f"{len(failed)} failed"] if failed else []
    counts += [f"{skipped} up to date (--force rewrites them)"] if skipped else []
    print(f"Feedback for {args.assignment}: {', '.join(counts)}.")
    return 1 if failed else 0


def select(course: Course, students: list[str], force: bool) -> tuple[list[str], int]:
    """Whose pages are to be written, and how many others are there. Errors: ValueError, naming whom there is not."""
    graded = course.students()
    if unknown := set(students) - set(graded):
        raise ValueError(
            f"No graded submission of {', '.join(sorted(unknown))} for {course.assignment}. "
            f"Next step: python -m grading autograde {course.assignment}"
        )
    wanted = [student for student in graded if student in students or not students]
    todo = [student for student in wanted if force or not course.is_written(student)]
    return todo, len(wanted) - len(todo)


def write_all(course: Course, students: list[str], workers: int) -> dict[str, str]:
    """Write the pages of all of them; the reason for each whose pages could not be written."""
    with contextlib.ExitStack() as at_end:
        if workers == 1 or len(students) < 4:  # not worth the start of processes
            reasons = map(course.write, students)
        else:
            pool = ProcessPoolExecutor(min(workers, len(students)))
            at_end.callback(pool.shutdown, cancel_futures=True)
            reasons = pool.map(_write, itertools.repeat(course.address), students)
        written = tqdm(zip(students, reasons), total=len(students), unit="student", disable=not students)
        return {student: reason for student, reason in written if reason is not None}


def _write(address: tuple, student: str) -> str | None:
    return _course(address).write(student)


@functools.cache  # once in a process
def _course(address: tuple) -> Course:
    return Course(*address)
