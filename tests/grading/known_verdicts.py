"""Verdicts that are remembered: the real judge is asked once for each submission, however often that is graded."""

from concurrent.futures import Future

from grading.judge.job import Job, Verdict
from grading.judges import Judges


class KnownVerdicts:
    """Takes the place of `grading.autograde.pool.LocalPool`, and `verdict` that of `judge_here`. One judge process."""

    num_workers = 1

    def __init__(self) -> None:
        self._judges = Judges()
        self._verdicts: dict[str, Verdict] = {}
        self._done: list[Future] = []

    def verdict(self, job: Job) -> Verdict:
        if str(job) not in self._verdicts:
            self._verdicts[str(job)] = self._judges.judge(job)
        return self._verdicts[str(job)]

    def submit(self, job: Job) -> Future:
        future = Future()
        future.set_result(self.verdict(job))
        self._done.append(future)
        return future

    def finished(self) -> list[Future]:
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """Forget what was not fetched; the verdicts and the judge stay."""
        self._done = []

    def end(self) -> None:
        """End the judge."""
        self._judges.close()
