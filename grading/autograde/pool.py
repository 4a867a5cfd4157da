"""Judges side by side, each served by a thread of this process."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from grading.judge.job import Job, Verdict
from grading.judges import Judges


class Pool:
    """Judges `num_workers` submissions at once. Close it.

    judge: called in a thread, by `num_asked` threads at once; raises JudgeFailed.
    """

    def __init__(self, num_workers: int, judge: Callable[[Job], Verdict], num_asked: int) -> None:
        self.num_workers, self._judge = num_workers, judge
        self._threads = ThreadPoolExecutor(num_asked, "judge")
        self._waiting: set[Future] = set()

    def submit(self, job: Job) -> Future:
        """Its result is a Verdict; it raises JudgeFailed."""
        future = self._threads.submit(self._judge, job)
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
        self._judges = Judges()
        super().__init__(num_workers, self._judges.judge, num_asked=num_workers)

    def close(self) -> None:
        self._judges.close()
        super().close()
