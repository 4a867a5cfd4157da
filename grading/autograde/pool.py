"""Judges side by side in processes of this machine; cluster.py has those of a Dask cluster."""

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from grading.judge.job import Job, Verdict
from grading.judge.process import JudgeFailed, JudgeProcess


class LocalPool:
    """`num_workers` judging processes, each served by a thread of this one."""

    def __init__(self, num_workers: int) -> None:
        self.num_workers = num_workers
        self._threads = ThreadPoolExecutor(num_workers, "judge")
        self._idle: queue.SimpleQueue[JudgeProcess | None] = queue.SimpleQueue()
        for _ in range(num_workers):
            self._idle.put(None)  # started when it is first needed
        self._waiting: set[Future] = set()
        self._started: list[JudgeProcess] = []
        self._lock = threading.Lock()
        self._is_closed = False

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
        """End all judges, at once, also those that are at work."""
        with self._lock:
            self._is_closed = True
        for server in self._started:
            server.close()
        self._threads.shutdown(cancel_futures=True)

    def _judge(self, job: Job) -> Verdict:
        server = self._idle.get()
        try:
            try:
                server = server or self._start()
                return server.judge(job)
            except JudgeFailed:
                if server is not None and server.is_alive():
                    raise  # it said so
            if server is not None:
                server.close()
            server = self._start()  # the process was gone: once more, in a new one
            return server.judge(job)
        finally:
            self._idle.put(server)

    def _start(self) -> JudgeProcess:
        with self._lock:
            if self._is_closed:
                raise JudgeFailed("Grading was stopped.")
            self._started = [server for server in self._started if server.is_alive()]
            self._started.append(JudgeProcess())
            return self._started[-1]
