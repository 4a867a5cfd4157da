"""Grade a class in parallel, in a sandbox.

Examples:
  python -m grading autograde phase-00-foundations
  python -m grading autograde phase-00-foundations --student ada --force
  python -m grading autograde phase-00-foundations --scheduler tcp://10.0.0.5:8786

Exit status: 0 all graded; 1 some work is not, the table says why; 2 grading could not start; 130 stopped by Ctrl-C.
After an interruption, run the same command again to continue.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import SAWarning
from tqdm import tqdm

from grading.autograde.cluster import DaskPool
from grading.autograde.grade import Grading
from grading.autograde.pool import LocalPool, Pool
from grading.autograde.record import Recorder
from grading.autograde.report import summary, table
from grading.autograde.submissions import Submission, handed_in
from grading.course import load_config
from grading.gradebook import points_of
from grading.sandbox import find_sandbox
from grading.steps.execute import UNSAFE, is_sandbox_waived


def run(args: argparse.Namespace) -> int:
    """Grade, and return the exit status."""
    warnings.filterwarnings("ignore", category=SAWarning)
    warnings.filterwarnings("ignore", module="nbformat")  # what is odd about a submission's notebook is mended
    if args.unsafe_no_sandbox:
        os.environ[UNSAFE] = "1"
    with contextlib.ExitStack() as opened:
        opened.enter_context(_alone(Path.cwd()))
        recorder = Recorder(load_config(Path.cwd(), args.db), args.assignment)
        opened.callback(recorder.close)
        submissions, unseen = handed_in(recorder, recorder.gradebook, recorder.labs, args.student, args.force)
        pool = make_pool(args)
        opened.callback(pool.close)
        try:
            return grade(submissions, unseen, recorder, pool)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second one would leave judges behind
            raise


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep others out while this course is graded. Errors: ValueError if somebody else grades it now."""
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ValueError("Somebody else is grading in this folder now. Next step: wait until that is done.") from None
    finally:
        os.close(folder)


def make_pool(args: argparse.Namespace) -> Pool:
    """Errors: ValueError, SandboxUnavailable; ImportError and ConnectionError for a cluster."""
    if args.scheduler:
        return DaskPool(args.scheduler)
    if args.workers < 1:
        raise ValueError(f"--workers {args.workers}: must be at least 1. Leave it out to use one per core.")
    find_sandbox(is_sandbox_waived())
    return LocalPool(args.workers)


def grade(submissions: list[Submission], unseen: dict[str, str], recorder: Recorder, pool: Pool) -> int:
    """Grade what has not been, and tell how it went. Returns the exit status."""
    started = time.monotonic()
    to_grade = [submission for submission in submissions if submission.why]
    with tqdm(total=len(to_grade), unit="submission", disable=not to_grade) as bar:

        def tell(so_far: Grading) -> None:
            bar.set_postfix(failed=so_far.num_done - len(so_far.graded), refresh=False)
            bar.update()

        grading = Grading(recorder, pool, tell)
        grading.run(to_grade)
    notes = {student: [why] for student, why in unseen.items()}
    for submission in submissions:
        if found := [*submission.remarks, *grading.notes[submission.student], *submission.left]:
            notes[submission.student] = found
    points = points_of(recorder.gradebook, recorder.assignment)
    if text := table(grading.graded, points, notes):
        print(text)
    failed = len(to_grade) - len(grading.graded) + len(unseen)
    skipped = len(submissions) - len(to_grade)
    print(summary(grading.graded, failed, skipped, points, time.monotonic() - started))
    return 1 if failed or any(submission.remarks or submission.left for submission in submissions) else 0
