"""Judges side by side: processes of this machine, or workers of a Dask cluster.

What travels is JSON text of bounded size, in both directions; only the caller writes files and the gradebook.
"""

import json
import queue
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from grading.judge.job import Job, Verdict
from grading.judge.server import JudgeFailed, JudgeServer


class LocalPool:
    """`num_workers` judging processes, each served by a thread of this one."""

    def __init__(self, num_workers: int) -> None:
        self.num_workers = num_workers
        self._threads = ThreadPoolExecutor(num_workers, "judge")
        self._servers: queue.SimpleQueue[JudgeServer | None] = queue.SimpleQueue()
        for _ in range(num_workers):
            self._servers.put(None)  # started when it is first needed
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
        """End all judges, at once."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        while not self._servers.empty():
            server = self._servers.get()
            if server is not None:
                server.close()

    def _judge(self, job: Job) -> Verdict:
        server = self._servers.get()
        try:
            try:
                server = server or JudgeServer()
                return server.judge(job)
            except JudgeFailed:
                if server is not None and server.is_alive():
                    raise  # it said so
                if server is not None:
                    server.close()
                server = JudgeServer()  # the process was gone: once more, in a new one
                return server.judge(job)
        finally:
            self._servers.put(server)


class DaskPool:
    """The workers of a Dask cluster. Each needs this course's environment, `pip install '.[grading,cluster]'`.

    address: the scheduler's, as tcp://host:8786. Errors: ConnectionError, if none answers there; ImportError.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ImportError(
                "Grading on a cluster needs Dask: pip install 'mini-vllm[cluster]', here and on the workers."
            ) from None
        try:
            self._client = Client(address, timeout=20)
        except (OSError, TimeoutError, ValueError) as error:
            raise ConnectionError(f"No Dask scheduler answers at {address}: {error}") from None
        threads = self._client.scheduler_info(n_workers=-1)["workers"].values()
        self.num_workers = max(1, sum(worker["nthreads"] for worker in threads))
        self._waiting: set[Any] = set()

    def submit(self, job: Job) -> "_DaskFuture":
        future = self._client.submit(judge_json, json.dumps(job.to_json()), pure=False, retries=2)
        self._waiting.add(future)
        return _DaskFuture(future)

    def finished(self) -> Iterator["_DaskFuture"]:
        from distributed import wait as wait_for

        done, self._waiting = wait_for(self._waiting, return_when="FIRST_COMPLETED")
        yield from map(_DaskFuture, done)

    def close(self) -> None:
        self._client.cancel(list(self._waiting), force=True)
        self._client.close(timeout=5)


class _DaskFuture:
    """A Dask future, whose result is a Verdict."""

    def __init__(self, future: Any) -> None:
        self._future = future

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _DaskFuture) and self._future.key == other._future.key

    def __hash__(self) -> int:
        return hash(self._future.key)

    def result(self) -> Verdict:
        try:
            answer = json.loads(self._future.result())
        except JudgeFailed:
            raise
        except Exception as error:  # whatever happened to the worker
            raise JudgeFailed(f"The cluster could not run it: {type(error).__name__}: {error}") from None
        return Verdict(**answer)


_servers: "queue.SimpleQueue[JudgeServer]" = queue.SimpleQueue()


def judge_json(job: str) -> str:
    """Judge on a worker of a cluster, which keeps a judging process for each of its threads."""
    try:
        server = _servers.get_nowait()
    except queue.Empty:
        server = JudgeServer()
    try:
        return json.dumps(server.judge(Job.from_json(json.loads(job))).to_json())
    except JudgeFailed:
        if not server.is_alive():
            server.close()
            server = JudgeServer()
        raise
    finally:
        _servers.put(server)
