"""Work on several processors: numpy lets other Python threads run while it computes on large arrays."""

import functools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from mini_vllm.layers import blas

num_threads = 1  # that share the work now; set by `OwnThreads`

# From this number of tokens on, a step is shared out by rows: each thread computes whole layers of its tokens, and so
# also what numpy computes with one thread, a third of the time of 512 tokens. For fewer, BLAS's threads start faster.
MIN_ROWS = 128


class OwnThreads:
    """Where our own threads share the work of a step of `num_tokens`, if that is faster, and BLAS uses one.

    BLAS's threads would be in the way: after each product they wait for the next in a loop that keeps a processor busy.
    With ours alone, a step took 50 ms instead of 291 on a machine whose two processors were busy.
    """

    def __init__(self, num_tokens: int) -> None:
        self.is_on = blas.has_small_kernel or (blas.can_leave_threads_to_us and num_tokens >= MIN_ROWS)

    def __enter__(self) -> None:
        global num_threads
        if self.is_on:
            num_threads = blas.num_threads
            blas.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        global num_threads
        if self.is_on:
            num_threads = 1
            blas.set_num_threads(blas.num_threads)


def run(tasks: Sequence[Callable[[], object]]) -> None:
    """Call all tasks, in any order, on the caller's thread and on num_threads - 1 others; return when all are done.

    Nothing waits for a thread that has not begun: on a busy machine the caller's own does all tasks meanwhile.

    Errors: those of the tasks. What the other tasks wrote is then undefined.
    """
    threads = min(num_threads, len(tasks))
    todo = iter(tasks)  # shared by all threads: next() on an iterator of a list is atomic

    def work() -> None:
        for task in todo:
            task()

    helpers = [_pool(os.getpid(), blas.num_threads).submit(work) for _ in range(threads - 1)]
    work()
    for helper in helpers:
        if not helper.cancel():
            helper.result()


def ranges(size: int) -> list[slice]:
    """0 to `size` in as many parts as there are threads."""
    parts = min(num_threads, size)
    return [slice(size * part // parts, size * (part + 1) // parts) for part in range(parts)]


def by_rows(function: Callable[..., np.ndarray], *arrays: np.ndarray) -> np.ndarray:
    """function(*arrays), computed for some rows of all arrays on each thread. A row of it must depend on no other."""
    num_rows = len(arrays[0])
    if num_rows < MIN_ROWS or num_threads == 1 or blas.has_small_kernel:  # tiles are shared out by linear.py
        return function(*arrays)
    results: dict[int, np.ndarray] = {}

    def compute(rows: slice) -> None:
        results[rows.start] = function(*(array[rows] for array in arrays))

    parts = ranges(num_rows)
    run([functools.partial(compute, rows) for rows in parts])
    return np.concatenate([results[rows.start] for rows in parts])


@functools.cache
def _pool(process_id: int, size: int) -> ThreadPoolExecutor:
    """The threads of this process: a forked one has none of those that its parent had started."""
    return ThreadPoolExecutor(size, thread_name_prefix="mini_vllm")
