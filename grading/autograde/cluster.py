"""Judges on the workers of a Dask cluster.

What travels is JSON text of bounded size, in both directions; only the caller writes files and the gradebook.
"""

import json
import queue
from collections.abc import Iterator
from typing import Any

from grading.judge.job import Job, Verdict
from grading.judge.server import JudgeFailed, JudgeServer

MAX_TEXT = 2**27  # characters of a job or of a verdict


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
            raise ConnectionError(
                f"No Dask scheduler answers at --scheduler {address}: {error}. "
                "Next step: start one with `dask scheduler`, and workers with `dask worker ADDRESS`."
            ) from None
        threads = self._client.scheduler_info(n_workers=-1)["workers"].values()
        self.num_workers = max(1, sum(worker["nthreads"] for worker in threads))
        self._waiting: set[Any] = set()

    def submit(self, job: Job) -> "_DaskFuture":
        # A job whose worker dies goes to another one; three deaths are the job's own fault.
        future = self._client.submit(judge_json, _bounded(json.dumps(job.to_json())), pure=False, retries=2)
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
            return Verdict(**json.loads(_bounded(self._future.result())))
        except JudgeFailed:
            raise
        except Exception as error:  # whatever happened to the worker
            raise JudgeFailed(f"The cluster could not grade it: {type(error).__name__}: {error}") from None


_servers: "queue.SimpleQueue[JudgeServer]" = queue.SimpleQueue()


def judge_json(job: str) -> str:
    """Judge on a worker of a cluster, which keeps a judging process for each of its threads."""
    try:
        server = _servers.get_nowait()
    except queue.Empty:
        server = JudgeServer()
    try:
        return _bounded(json.dumps(server.judge(Job.from_json(json.loads(job))).to_json()))
    except JudgeFailed:
        if not server.is_alive():
            server.close()
            server = JudgeServer()
        raise
    finally:
        _servers.put(server)


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise JudgeFailed(f"A submission or its outputs have {len(text):,} characters; the limit is {MAX_TEXT:,}.")
    return text
