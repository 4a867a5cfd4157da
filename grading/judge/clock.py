"""A clock for the tests: what a student returned may make one of them run for ever."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class TestTooLong(BaseException):
    """Raised in a test whose time is over; no `except Exception` of a test's takes it for the student's error."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Errors: TestTooLong, in this context, after `seconds`. Only the main thread has a clock."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise TestTooLong(f"The test did not end within {seconds:g} seconds.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
