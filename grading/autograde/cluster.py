"""Judges on the workers of a Dask cluster.

What travels is msgpack of bounded size, in both directions, read as what it has to be and nothing else; only the caller
writes files and the gradebook.
"""

import msgspec

from grading.autograde.pool import Pool
from grading.judge.job import Job, Verdict
from grading.judge.process import JudgeFailed
from grading.judges import Judges

MAX_BYTES = 2**27  # of a job or of a verdict


class DaskPool(Pool):
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
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        num_threads = max(1, sum(worker["nthreads"] for worker in workers))
        super().__init__(num_threads, self._judge_there, num_asked=2 * num_threads)  # so that no worker waits

    def _judge_there(self, job: Job) -> Verdict:
        try:
            # A job whose worker dies goes to another one; three deaths are the job's own fault.
            verdict = self._client.submit(judge_bytes, _bounded(job), pure=False, retries=2).result()
            return msgspec.msgpack.decode(verdict, type=Verdict)
        except JudgeFailed:
            raise
        except Exception as error:  # whatever happened to the worker
            raise JudgeFailed(f"The cluster could not grade it: {type(error).__name__}: {error}") from None

    def close(self) -> None:
        self._client.close(timeout=5)  # tells the threads that wait for a verdict
        super().close()


_judges = Judges()  # a worker's, for each of its threads one


def judge_bytes(job: bytes) -> bytes:
    """Judge on a worker of a cluster. Errors: JudgeFailed."""
    return _bounded(_judges.judge(msgspec.msgpack.decode(job, type=Job)))


def _bounded(message: Job | Verdict) -> bytes:
    data = msgspec.msgpack.encode(message)
    if len(data) > MAX_BYTES:
        raise JudgeFailed(f"A submission or its outputs have {len(data):,} bytes; the limit is {MAX_BYTES:,}.")
    return data
