"""Judge processes that are kept from one submission to the next."""

import threading

from grading.judge.job import Job, Verdict
from grading.judge.process import JudgeFailed, JudgeProcess


class Judges:
    """Judge processes for several threads: as many as judge at once, each kept for the next submission. Close them."""

    def __init__(self) -> None:
        self._idle: list[JudgeProcess] = []
        self._started: list[JudgeProcess] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def judge(self, job: Job) -> Verdict:
        """Judge; once more, in a new process, if the process was gone. Errors: JudgeFailed."""
        with self._lock:
            process = self._idle.pop() if self._idle else None
        try:
            process = process or self._start()
            try:
                return process.judge(job)
            except JudgeFailed:
                if process.is_alive():
                    raise  # it said so
            process.close()
            process = self._start()
            return process.judge(job)
        finally:
            if process is not None:
                self._idle.append(process)

    def close(self) -> None:
        """End all of them, at once, also those that are at work."""
        with self._lock:
            self._is_closed = True
        for process in self._started:
            process.close()

    def _start(self) -> JudgeProcess:
        with self._lock:
            if self._is_closed:
                raise JudgeFailed("Grading was stopped.")
            self._started = [process for process in self._started if process.is_alive()]
            self._started.append(JudgeProcess())
            return self._started[-1]
