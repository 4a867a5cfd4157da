"""The command line of `python -m grading feedback`."""

import argparse
import os
import sys
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

EPILOG = """Examples:
  python -m grading feedback phase-00-foundations
  python -m grading feedback phase-00-foundations --student ada --force

Pages are written to feedback/STUDENT/ASSIGNMENT/NOTEBOOK.html, as with `nbgrader generate_feedback`. Pages that
already match the gradebook are not written again.

Exit status: 0 all written; 1 some could not be written; 2 nothing was written; 130 stopped by Ctrl-C."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("assignment", help="the assignment's name, for example phase-00-foundations")
    parser.add_argument(
        "--student", action="append", default=[], help="write only this student's pages; may be repeated"
    )
    parser.add_argument("--force", action="store_true", help="rewrite existing pages")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="parallel processes (default: %(default)s)")
    parser.add_argument(
        "--db", help="the gradebook's URL, sqlite:///... or postgresql://... (default: from nbgrader_config.py)"
    )


def run(args: argparse.Namespace) -> int:
    """Write the pages, and return the exit status."""
    from nbgrader.converters.base import NbGraderException

    from grading.feedback.course import Course

    try:
        if args.workers < 1:
            raise ValueError(f"--workers {args.workers}: must be at least 1.")
        course = Course(Path.cwd(), args.db, args.assignment)
        todo, skipped = select(course, args.student, args.force)
        failed = write_all(course, todo, args.workers)
    except (NbGraderException, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to continue.", file=sys.stderr)
        return 130
    for student, reason in sorted(failed.items()):
        print(f"{student}: not written. {reason}", file=sys.stderr)
    parts = [f"{len(todo) - len(failed)} written"]
    parts += [f"{len(failed)} failed"] if failed else []
    parts += [f"{skipped} up to date (--force rewrites them)"] if skipped else []
    print(f"Feedback for {args.assignment}: {', '.join(parts)}.")
    return 1 if failed else 0


def select(course, students: list[str], force: bool) -> tuple[list[str], int]:
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


def write_all(course, students: list[str], workers: int) -> dict[str, str]:
    """Write the pages of all of them; the reason for each whose pages could not be written."""
    from tqdm import tqdm

    failed = {}
    with tqdm(total=len(students), unit="student", disable=not students) as bar:

        def note(student: str, reason: str | None) -> None:
            if reason is not None:
                failed[student] = reason
            bar.update()

        if workers == 1 or len(students) < 4:  # not worth the start of processes
            for student in students:
                note(student, course.write(student))
            return failed
        with ProcessPoolExecutor(min(workers, len(students)), initializer=_open, initargs=course.address) as pool:
            waiting: dict[Future, str] = {pool.submit(_write, student): student for student in students}
            try:
                for done in as_completed(waiting):
                    error = done.exception()
                    note(waiting[done], str(error) if error else done.result())
            except KeyboardInterrupt:
                pool.shutdown(cancel_futures=True)
                raise
    return failed


_course = None


def _open(*address) -> None:
    from grading.feedback.course import Course

    global _course
    _course = Course(*address)


def _write(student: str) -> str | None:
    return _course.write(student)
