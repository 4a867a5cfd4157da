"""A class on its way from submitted/ into the gradebook."""

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from grading.autograde.record import Prepared, Recorder
from grading.autograde.submissions import Submission
from grading.judge.job import Job, Verdict
from grading.judge.server import JudgeFailed


class Pool(Protocol):
    """Judges side by side: LocalPool or DaskPool. What `submit` returns has a `result()`, a Verdict or JudgeFailed."""

    num_workers: int

    def submit(self, job: Job) -> Any: ...
    def finished(self) -> Any: ...


class Grading:
    """Grades submissions side by side, and puts each on record as it is done.

    graded: the students who have got their points. notes: what went wrong, by student.
    """

    def __init__(self, recorder: Recorder, pool: Pool, told: Callable[["Grading"], None]) -> None:
        self.recorder, self.pool, self._told = recorder, pool, told
        self.graded: list[str] = []
        self.notes: dict[str, list[str]] = {}
        self.num_done = 0

    def run(self, submissions: list[Submission]) -> None:
        """Errors: CannotGoOn, from the gradebook or the disk; what is on record by then is whole."""
        waiting = deque(submissions)
        under_way: dict[Any, tuple[Submission, Prepared]] = {}
        while waiting or under_way:
            # A few more than can be judged at once, so that no judge waits, and no more, so that memory stays flat.
            while waiting and len(under_way) < 2 * self.pool.num_workers:
                submission = waiting.popleft()
                try:
                    prepared = self.recorder.prepare(submission)
                    under_way[self.pool.submit(prepared.job)] = submission, prepared
                except JudgeFailed as error:  # too much to travel
                    self._done(submission.student, [str(error)])
                except (ValueError, OSError) as error:
                    # nbgrader has a way of its own to put it on record that a notebook cannot be read
                    self._record(submission, None, None, str(error))
            for future in self.pool.finished() if under_way else ():
                submission, prepared = under_way.pop(future)
                try:
                    verdict = future.result()
                except JudgeFailed as error:
                    self._done(submission.student, [str(error)])
                    continue
                found = [f"{name}: {fault}" for name, faults in verdict.faults.items() for fault in faults]
                self.notes.setdefault(submission.student, []).extend(found)
                self._record(submission, prepared, verdict)

    def _record(
        self, submission: Submission, prepared: Prepared | None, verdict: Verdict | None, why: str = ""
    ) -> None:
        problems = self.recorder.record(submission, prepared, verdict)
        self._done(submission.student, [why or problem for problem in problems])

    def _done(self, student: str, problems: list[str]) -> None:
        self.notes.setdefault(student, []).extend(problems)
        if not problems:
            self.graded.append(student)
        self.num_done += 1
        self._told(self)
