"""A running student process, seen from the judge's side."""

import contextlib
import os
import signal
import subprocess

from grading.wire.channel import Channel


class StudentProcess:
    """Started by a sandbox; has a channel to the server inside, and can be ended with all that it started."""

    def __init__(self, command: list[str], message_bytes: int, cwd: str | None = None, environment: dict | None = None):
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=cwd,
            env=environment,
            start_new_session=True,
        )
        self.channel = Channel(self._process.stdout.fileno(), self._process.stdin.fileno(), message_bytes)

    def kill(self) -> None:
        """End it, and everything in it: what bubblewrap started ends with it, since it is its process 1."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
