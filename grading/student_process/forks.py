"""Processes that wait: each is a fork of its parent, and does what it is for when the parent wakes it."""

import contextlib
import os
import select
import signal
from collections.abc import Callable
from typing import Any

from grading.wire.channel import Channel, ChannelError

LOOK_EVERY_S = 0.05
_parents_fds: set[int] = set()  # of this process, to its children


class Fork:
    """A child that waits until `wake`. It calls `work(fork)` and ends; it may say in between that it rests."""

    def __init__(self, work: Callable[["Fork"], None]) -> None:
        wake_read, self._wake_fd = os.pipe()
        self._rests_fd, rests_write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                for fd in _parents_fds | {self._wake_fd, self._rests_fd}:
                    os.close(fd)  # so that each child hears it when its parent is gone
                _parents_fds.clear()
                self._wake_fd, self._rests_fd = wake_read, rests_write
                work(self)
                status = 0
            finally:
                os._exit(status)
        os.close(wake_read)
        os.close(rests_write)
        _parents_fds.update((self._wake_fd, self._rests_fd))

    # --- in the parent ---

    def wake(self, message: Any) -> str | None:
        """Hand over a message, and wait until the child rests (None) or has ended (why, or "")."""
        with contextlib.suppress(ChannelError):  # if it is gone, that is seen below
            Channel(-1, self._wake_fd).send(message)
        while True:
            ready, _, _ = select.select([self._rests_fd], [], [], LOOK_EVERY_S)
            if ready and os.read(self._rests_fd, 1):
                return None
            if ready or _has_ended(self.pid):
                return ended(self.pid)

    # --- in the child ---

    def waits(self, hears: Any) -> Any:
        """The message that it is woken with. Errors: ChannelError if its parent is gone."""
        return Channel(self._wake_fd, -1, hears).receive()

    def rests(self) -> None:
        """Tell the parent, and wait to be woken."""
        os.write(self._rests_fd, b".")
        self.waits(Any)


def ended(pid: int) -> str:
    """Wait for a child's end. Returns how it ended, in words; "" if by itself and well."""
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:  # somebody else has waited for it
        return "it ended"
    if os.WIFSIGNALED(status):
        if os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGXCPU):  # set in `Calls.serve`
            return "it took too long"
        return f"it was ended by signal {os.WTERMSIG(status)} ({signal.strsignal(os.WTERMSIG(status))})"
    return f"it exited with status {os.WEXITSTATUS(status)}" if os.WEXITSTATUS(status) else ""


def _has_ended(pid: int) -> bool:
    """Whether a child has ended; its status stays for `ended`."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True
