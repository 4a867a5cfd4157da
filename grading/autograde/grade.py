"""A class on its way from submitted/ into the gradebook."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from grading.autograde.pool import Pool
from grading.autograde.record import Changed, Prepared, Recorder
from grading.autograde.submissions import Submission
from grading.autograde.unseen import newer_python
from grading.faults import CannotGoOn, in_words, what_stops_all
from grading.judge.job import Verdict
from grading.judge.process import JudgeFailed
from grading.steps.entry import Refused
from grading.steps.execute import remarks


class Grading:
    """Grades submissions side by side, and puts each on record as it is done.

    graded: the students who have got their points. notes: what went wrong, by student; may be empty.
    """

    def __init__(self, recorder: Recorder, pool: Pool, told: Callable[["Grading"], None]) -> None:
        self.recorder, self.pool, self._told = recorder, pool, told
        self.graded: list[str] = []
        self.notes: dict[str, list[str]] = defaultdict(list)
        self.num_done = 0

    def run(self, submissions: list[Submission]) -> None:
        """Errors: CannotGoOn, from the gradebook or the disk; what is on record by then is whole."""
        for submission in self._side_by_side(submissions):
            for _ in self._side_by_side([submission]):
                self._failed(submission, Changed("It was handed in again and again while it was graded."))

    def _side_by_side(self, submissions: list[Submission]) -> list[Submission]:
        """Grade them; returns those, not graded, that have to be judged once more, alone.

        Beside a neighbour that takes the whole processor honest code runs out of time; and some hand in again just now.
        What has had its share of a processor, and is not done, would not be done alone.
        """
        have_company = min(len(submissions), self.pool.num_workers) > 1
        waiting, disturbed = deque(submissions), []
        under_way: dict[Any, tuple[Submission, Prepared]] = {}
        while waiting or under_way:
            # A few more than can be judged at once, so that no judge waits, and no more, so that memory stays flat.
            while waiting and len(under_way) < 2 * self.pool.num_workers:
                submission = waiting.popleft()
                try:
                    prepared = self.recorder.prepare(submission)
                    under_way[self.pool.submit(prepared.job)] = submission, prepared
                    self.notes[submission.student] += prepared.remarks
                except Exception as error:
                    self._failed(submission, error)
            for future in self.pool.finished() if under_way else ():
                submission, prepared = under_way.pop(future)
                try:
                    verdict = future.result()
                except Exception as error:
                    self._failed(submission, error)
                    continue
                if (verdict.starved and have_company) or not self._record(submission, prepared, verdict):
                    disturbed.append(submission)
        return disturbed

    def _record(self, submission: Submission, prepared: Prepared, verdict: Verdict) -> bool:
        """False if there is a newer submission, which was not judged."""
        try:
            self.recorder.record(submission, prepared, verdict)
        except Changed:
            return False
        except Exception as error:
            self._failed(submission, error)
        else:
            self.graded.append(submission.student)
            self._done(submission, [*remarks(verdict), *newer_python(prepared.pythons, verdict)])
        return True

    def _failed(self, submission: Submission, error: Exception) -> None:
        """Put a failure on record, unless others would fail for the same reason."""
        last = error
        if not what_stops_all(error) and not isinstance(error, (JudgeFailed, Refused)):
            try:
                self.recorder.record_failure(submission)
            except Exception as further:
                last = further
        if stops := what_stops_all(last):
            raise CannotGoOn(stops) from last
        self._done(submission, [in_words(error)])

    def _done(self, submission: Submission, notes: list[str]) -> None:
        self.notes[submission.student] += notes
        self.num_done += 1
        self._told(self)
