"""A running student process, seen from the judge's side."""

import contextlib
import os
import signal
import subprocess

from grading.sandbox.memory import MemoryWatch
from grading.wire.channel import Channel


class StudentProcess:
    """Started by a sandbox; has a channel to the server inside, and can be ended with all that it started."""

    def __init__(
        self,
        command: list[str],
        message_bytes: int,
        cwd: str | None = None,
        environment: dict | None = None,
        total_memory_bytes: int | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=cwd,
            env=environment,
            start_new_session=True,
            pass_fds=pass_fds,
        )
        self.why_ended = ""  # in words, if it was this side that ended it
        self._memory = None
        if total_memory_bytes is not None:
            self._memory = MemoryWatch(self._process.pid, total_memory_bytes, self._too_much_memory)
        self.channel = Channel(self._process.stdout.fileno(), self._process.stdin.fileno(), message_bytes)

    def kill(self) -> None:
        """End it, and everything in it: what bubblewrap started ends with it, since it is its process 1."""
        if self._memory is not None:
            self._memory.stop()
        self._end()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def _too_much_memory(self) -> None:
        self.why_ended = "it used too much memory, counting all its processes"
        self._end()

    def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
