"""Judges on the workers of a Dask cluster.

What travels is msgpack of bounded size, in both directions, read as what it has to be and nothing else; only the caller
writes files and the gradebook.
"""

import queue
from collections.abc import Iterator
from typing import Any

import msgspec

from grading.judge.job import Job, Verdict
from grading.judge.process import JudgeFailed, JudgeProcess

MAX_BYTES = 2**27  # of a job or of a verdict


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
        future = self._client.submit(judge_bytes, _bounded(job), pure=False, retries=2)
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
            return msgspec.msgpack.decode(self._future.result(), type=Verdict)
        except JudgeFailed:
            raise
        except Exception as error:  # whatever happened to the worker
            raise JudgeFailed(f"The cluster could not grade it: {type(error).__name__}: {error}") from None


_servers: "queue.SimpleQueue[JudgeProcess]" = queue.SimpleQueue()


def judge_bytes(job: bytes) -> bytes:
    """Judge on a worker of a cluster, which keeps a judging process for each of its threads."""
    try:
        server = _servers.get_nowait()
    except queue.Empty:
        server = JudgeProcess()
    try:
        return _bounded(server.judge(msgspec.msgpack.decode(job, type=Job)))
    except JudgeFailed:
        if not server.is_alive():
            server.close()
            server = JudgeProcess()
        raise
    finally:
        _servers.put(server)


def _bounded(message: Job | Verdict) -> bytes:
    data = msgspec.msgpack.encode(message)
    if len(data) > MAX_BYTES:
        raise JudgeFailed(f"A submission or its outputs have {len(data):,} bytes; the limit is {MAX_BYTES:,}.")
    return data
