"""A vector times a weight, by all of BLAS's threads or by one, whichever reads faster at the moment.

BLAS shares out a product among its threads and waits for the slowest of them. Where other programs use the processors,
that is for a thread that has to wait its turn: a step of SmolLM2 then took 95 to 450 ms, and 50 to 80 ms with one
thread. What else the machine does must not change an answer, so only those products take part that both ways compute
alike, bit for bit.
"""

import time

import numpy as np

from mini_vllm.layers import blas, parallel

MIN_BYTES = 500_000  # smaller weights stay in the processor's cache, where there is little to gain
WINDOW = 50_000_000  # bytes between two decisions: some milliseconds
MAX_PATIENCE = 256  # windows until the slower way gets another try


class ThreadChoice:
    """Finds the faster way by trying the other one now and then, ever less often while that is slower."""

    def __init__(self) -> None:
        self.is_alone = False  # whether one thread does it
        self.rates = [0.0, 0.0]  # bytes per second, as last seen: of all threads, of one alone
        self._bytes, self._seconds = 0, 0.0  # in this window
        self._windows, self._patience = 0, 1  # of the present way, and how many until the other is tried

    def count(self, nbytes: int, seconds: float) -> None:
        """Take note of a product computed the present way; after enough of them, choose the way of the next."""
        self._bytes += nbytes
        self._seconds += seconds
        other = self.rates[not self.is_alone]
        if self._bytes < WINDOW and self._seconds * other < 2 * WINDOW:  # else it is slower already, and by far
            return
        self.rates[self.is_alone] = self._bytes / self._seconds
        self._bytes, self._seconds = 0, 0.0
        self._windows += 1
        margin = 1.0 if self._windows == 1 else 0.7  # a slow moment alone is no reason to change
        is_faster = self.rates[self.is_alone] >= margin * other
        if is_faster and self._windows < self._patience:
            return
        if not is_faster:
            self._patience = min(2 * self._patience, MAX_PATIENCE) if self._windows == 1 else 1
        self.is_alone, self._windows = not self.is_alone, 0


_choice = ThreadChoice()


def is_same_either_way(weight: np.ndarray) -> bool:
    """Whether as many threads as BLAS has compute the very numbers of one thread.

    A kernel computes several outputs at once, and those left over at the end of a thread's share with other rounding.
    Found by trying 2 to 8 threads with the kernels for Haswell, Sandy Bridge, Nehalem and older ones.
    """
    outputs_at_once = 4 if weight.flags.f_contiguous else 16
    return bool(weight.shape[1] % (outputs_at_once * blas.num_threads) == 0)


def gemv(x: np.ndarray, weight: np.ndarray, out: np.ndarray) -> None:
    """out = x @ weight. x: (in,); weight: (in, out); out: (out,)."""
    has_choice = blas.num_threads > 1 and parallel.num_threads == 1  # where ours share the work, BLAS has one thread
    if not has_choice or weight.nbytes < MIN_BYTES or not is_same_either_way(weight):
        np.matmul(x, weight, out=out)
        return
    start = time.perf_counter()
    if _choice.is_alone:
        blas.set_num_threads(1)
    np.matmul(x, weight, out=out)
    if _choice.is_alone:
        blas.set_num_threads(blas.num_threads)
    _choice.count(weight.nbytes, time.perf_counter() - start)
