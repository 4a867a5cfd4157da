"""Judges side by side, each served by a thread of this process."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from grading.judge.job import Job, Verdict
from grading.judges import Judges


class Pool:
    """Submissions are judged by `judge` of a derived class, `num_workers` at once. Close it.

    num_asked: how many calls of `judge` may wait for their verdict; by default as many as are judged.
    """

    def __init__(self, num_workers: int, num_asked: int | None = None) -> None:
        self.num_workers = num_workers
        self._threads = ThreadPoolExecutor(num_asked or num_workers, "judge")
        self._waiting: set[Future] = set()

    def judge(self, job: Job) -> Verdict:
        """Called in a thread. Errors: JudgeFailed."""
        raise NotImplementedError

    def submit(self, job: Job) -> Future:
        """Its result is a Verdict; it raises JudgeFailed."""
        future = self._threads.submit(self.judge, job)
        self._waiting.add(future)
        return future

    def finished(self) -> Iterator[Future]:
        """Waits for some that were submitted, and yields them."""
        done, self._waiting = wait(self._waiting, return_when=FIRST_COMPLETED)
        yield from done

    def close(self) -> None:
        """Return when nothing is judged any more."""
        self._threads.shutdown(cancel_futures=True)


class LocalPool(Pool):
    """Judges in processes of this machine."""

    def __init__(self, num_workers: int) -> None:
        super().__init__(num_workers)
        self._judges = Judges()
        self.judge = self._judges.judge

    def close(self) -> None:
        self._judges.close()
        super().close()
