"""Work on several processors: numpy lets other Python threads run while it computes on large arrays."""

import ctypes
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from queue import SimpleQueue

from mini_vllm.layers import blas

num_threads = blas.num_threads if blas.has_small_kernel else 1  # otherwise BLAS has threads of its own

Task = Callable[[], object]
_jobs: "SimpleQueue[tuple[Iterator[Task], SimpleQueue, int | None]]" = SimpleQueue()
_started = 0

# Some systems let a woken thread share the processor of the one that woke it for a second, beside an idle one.
# Where they can be told (Linux), our threads stay off the processor that the caller is on.
try:
    _current_cpu = ctypes.CDLL(None).sched_getcpu
    _cpus = os.sched_getaffinity(0)
except (AttributeError, OSError, TypeError):
    _current_cpu, _cpus = None, set()


def run(tasks: Sequence[Task]) -> None:
    """Call all tasks, in any order, on the caller's thread and on num_threads - 1 others; return when all are done.

    Nothing waits for a thread that has not begun: on a busy machine the caller's own does all tasks meanwhile.

    Errors: those of the tasks. What the other tasks wrote is then undefined.
    """
    todo, done, left = iter(tasks), SimpleQueue(), len(tasks)  # next() on an iterator of a list is atomic
    helpers = min(num_threads, len(tasks)) - 1
    if helpers > 0:
        _start(helpers)
        here = _current_cpu() if _current_cpu else None
        for _ in range(helpers):
            _jobs.put((todo, done, here))
    for task in todo:
        task()
        left -= 1
    errors = [error for error in (done.get() for _ in range(left)) if error is not None]
    if errors:
        raise errors[0]


def ranges(size: int) -> list[slice]:
    """0 to `size` in as many parts as there are threads."""
    parts = min(num_threads, size)
    return [slice(size * part // parts, size * (part + 1) // parts) for part in range(parts)]


def _start(helpers: int) -> None:
    global _started
    while _started < helpers:
        _started += 1
        threading.Thread(target=_help, name=f"mini_vllm-{_started}", daemon=True).start()


def _help() -> None:
    avoided = None
    while True:
        todo, done, caller_cpu = _jobs.get()
        if caller_cpu != avoided and _cpus - {caller_cpu}:
            os.sched_setaffinity(0, _cpus - {caller_cpu})
            avoided = caller_cpu
        _call_all(todo, done)


def _call_all(todo: Iterable[Task], done: SimpleQueue) -> None:
    for task in todo:
        try:
            task()
        except BaseException as error:
            done.put(error)
        else:
            done.put(None)


def _forget_threads() -> None:
    """A forked process has only the thread that forked."""
    global _started, _jobs
    _started, _jobs = 0, SimpleQueue()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)
