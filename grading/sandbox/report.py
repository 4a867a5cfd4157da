"""What bubblewrap reports of the program that it runs (its --json-status-fd). The program cannot write here."""

import json
import os
import select


class Report:
    """A pipe from bubblewrap. It can be read in any process that holds it; `close` it in each.

    first: the number, as seen from outside, of the sandbox's process 1; None before `wait_begun`.
    """

    def __init__(self) -> None:
        ends = os.pipe()
        self._read, self._write = open(ends[0], "rb", buffering=0), open(ends[1], "wb", buffering=0)
        self.write_fd = ends[1]
        self.first: int | None = None
        self._text = b""

    def wait_begun(self, seconds: float) -> None:
        """Wait for process 1; bubblewrap has its end of the pipe by now. Errors: OSError, if none begins."""
        self._write.close()
        ready, _, _ = select.select([self._read], [], [], seconds)
        line = self._read.readline() if ready else b""
        os.set_blocking(self._read.fileno(), False)
        if not line:
            raise OSError("bubblewrap has not started a process")
        self.first = json.loads(line)["child-pid"]

    def has_ended(self, seconds: float = 0) -> bool:
        """Whether bubblewrap, and with it everything inside, is gone; waits `seconds` at most."""
        pipe = select.poll()
        pipe.register(self._read, 0)  # 0: wake up only when the other end is closed
        return bool(pipe.poll(seconds * 1000))

    def began(self) -> bool:
        """Once it has ended: whether the program inside was started."""
        self._text += self._read.read(4096) or b""
        return b"exit-code" in self._text

    def close(self) -> None:
        self._read.close()
        self._write.close()
