"""Work on several processors: numpy lets other Python threads run while it computes on large arrays."""

import functools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from mini_vllm.layers import blas

num_threads = blas.num_threads if blas.has_small_kernel else 1  # otherwise BLAS has threads of its own


def run(tasks: Sequence[Callable[[], object]]) -> None:
    """Call all tasks, in any order, on the caller's thread and on num_threads - 1 others; return when all are done.

    Nothing waits for a thread that has not begun: on a busy machine the caller's own does all tasks meanwhile.

    Errors: those of the tasks. What the other tasks wrote is then undefined.
    """
    todo = iter(tasks)  # shared by all threads: next() on an iterator of a list is atomic

    def work() -> None:
        for task in todo:
            task()

    num_helpers = min(num_threads, len(tasks)) - 1
    helpers = [_pool(os.getpid(), num_threads - 1).submit(work) for _ in range(num_helpers)]
    work()
    for helper in helpers:
        if not helper.cancel():
            helper.result()


def ranges(size: int) -> list[slice]:
    """0 to `size` in as many parts as there are threads."""
    parts = min(num_threads, size)
    return [slice(size * part // parts, size * (part + 1) // parts) for part in range(parts)]


@functools.cache
def _pool(process_id: int, size: int) -> ThreadPoolExecutor:
    """The threads of this process: a forked one has none of those that its parent had started."""
    return ThreadPoolExecutor(size, thread_name_prefix="mini_vllm")
