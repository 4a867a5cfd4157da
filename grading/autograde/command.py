"""The command line of `python -m grading autograde`."""

import argparse
import itertools
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from tqdm import tqdm
from traitlets.config import Config, PyFileConfigLoader

from grading.autograde.pool import DaskPool, LocalPool
from grading.autograde.record import CannotGoOn, Recorder
from grading.autograde.report import points_of, summary, table
from grading.autograde.submissions import Submission, pending
from grading.execute import UNSAFE, is_sandbox_waived
from grading.judge.job import Job, Verdict
from grading.judge.server import JudgeFailed
from grading.sandbox import SandboxUnavailable, find_sandbox

EPILOG = """Examples:
  python -m grading autograde phase-00-foundations
  python -m grading autograde phase-00-foundations --student ada --force
  python -m grading autograde phase-00-foundations --scheduler tcp://10.0.0.5:8786

Exit status: 0 all graded; 1 a person has to look at some; 2 nothing could be done; 130 stopped by Ctrl-C.
Broken off at any moment, the same command goes on where it was."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("assignment", help="its name, for example phase-00-foundations")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count(), help="judges side by side (default: %(default)s)"
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster that judges instead, tcp://host:port")
    parser.add_argument("--student", action="append", default=[], help="only this student; may be given again")
    parser.add_argument("--force", action="store_true", help="grade anew what has been graded")
    parser.add_argument("--db", help="the gradebook's address, sqlite:///... or postgresql://... (default: configured)")
    parser.add_argument("--unsafe-no-sandbox", action="store_true", help="run the students' code in your own account")


def run(args: argparse.Namespace) -> int:
    """Grade, and return the exit status."""
    warnings.filterwarnings("ignore", category=SAWarning)
    if args.unsafe_no_sandbox:
        os.environ[UNSAFE] = "1"
    pool = None
    try:
        recorder = Recorder(load_config(Path.cwd(), args.db), args.assignment)
        submissions, skipped = select(recorder, args.student, args.force)
        pool = make_pool(args)
        return grade(submissions, skipped, recorder, pool)
    except CannotGoOn as error:
        return _refuse(f"{error}\nNothing is half-written: run the same command again when that is mended.")
    except (SandboxUnavailable, NbGraderException, SQLAlchemyError, ValueError, OSError, ImportError) as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on where it was.", file=sys.stderr)
        return 130
    finally:
        if pool is not None:
            pool.close()


def load_config(root: Path, db_url: str | None) -> Config:
    """The course's configuration. Errors: ValueError if there is none here."""
    if not (root / "nbgrader_config.py").is_file():
        raise ValueError(f"{root} holds no nbgrader_config.py. Next step: change to the course's root.")
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    if db_url:
        config.CourseDirectory.db_url = db_url
    return config


def select(recorder: Recorder, students: list[str], force: bool) -> tuple[list[Submission], int]:
    """What is to be graded, and how many others have been. Errors: ValueError, naming what there is not."""
    course = recorder.course
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            gradebook.find_assignment(recorder.assignment)
        except MissingEntry:
            raise ValueError(
                f"The gradebook knows no assignment {recorder.assignment!r}. "
                f"Next step: nbgrader generate_assignment {recorder.assignment}"
            ) from None
        submissions, known = pending(recorder.autograde(), gradebook, force)
    if unknown := set(students) - known:
        raise ValueError(f"No submission of {', '.join(sorted(unknown))} is in {course.submitted_directory}/.")
    if students:
        submissions, known = [s for s in submissions if s.student in students], known & set(students)
    return submissions, len(known) - len(submissions)


def make_pool(args: argparse.Namespace) -> LocalPool | DaskPool:
    """Errors: ValueError, SandboxUnavailable; ImportError and ConnectionError for a cluster."""
    if args.scheduler:
        return DaskPool(args.scheduler)
    if args.workers < 1:
        raise ValueError(f"--workers {args.workers}: there must be at least 1.")
    find_sandbox(is_sandbox_waived())
    return LocalPool(args.workers)


def grade(submissions: list[Submission], skipped: int, recorder: Recorder, pool: LocalPool | DaskPool) -> int:
    """Judge them side by side, put each on record as it is done, and tell how it went."""
    started, waiting = time.monotonic(), iter(submissions)
    under_way: dict[Any, tuple[Submission, Job]] = {}
    graded: list[str] = []
    notes: dict[str, list[str]] = {}

    def note(student: str, said: list[str]) -> None:
        if said:
            notes.setdefault(student, []).extend(said)

    def put_on_record(submission: Submission, job: Job | None, verdict: Verdict | None) -> None:
        problems = recorder.record(submission, job, verdict)
        note(submission.student, problems)
        if not problems:
            graded.append(submission.student)
        bar.update()
        bar.set_postfix(failed=bar.n - len(graded))

    with tqdm(total=len(submissions), unit="submission", disable=not submissions) as bar:
        while True:
            # A few more than can be judged at once, so that no judge waits, and no more, so that memory stays flat.
            for submission in itertools.islice(waiting, 2 * pool.num_workers - len(under_way)):
                try:
                    job = recorder.job(submission)
                except Exception:  # one of its notebooks cannot be read: nbgrader says what is wrong
                    put_on_record(submission, None, None)
                    continue
                under_way[pool.submit(job)] = submission, job
            if not under_way:
                break
            for future in pool.finished():
                submission, job = under_way.pop(future)
                try:
                    verdict = future.result()
                except JudgeFailed as error:
                    note(submission.student, [str(error)])
                    bar.update()
                    continue
                note(submission.student, [f"{n}: {fault}" for n, found in verdict.faults.items() for fault in found])
                put_on_record(submission, job, verdict)
    course = recorder.course
    with Gradebook(course.db_url, course.course_id) as gradebook:
        points = points_of(gradebook, recorder.assignment)
    if text := table(graded, points, notes):
        print(text)
    failed = len(submissions) - len(graded)
    print(summary(graded, failed, skipped, points, time.monotonic() - started))
    return 1 if failed else 0


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 2
