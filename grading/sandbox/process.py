"""A running student process, seen from the judge's side."""

import contextlib
import os
import signal
from collections.abc import Callable
from subprocess import PIPE, Popen, TimeoutExpired

from grading.sandbox.cgroup import Cgroup
from grading.sandbox.limits import Limits
from grading.sandbox.report import Report
from grading.sandbox.usage import MemoryWatch, processor_seconds, used
from grading.wire.channel import Channel
from grading.wire.messages import FromStudent

SERVER = "student_process/start.py"  # what is started inside, a file of `grading`
OUT_OF_MEMORY = "it used too much memory, counting all its processes"
START_S, END_S = 30, 5  # either takes milliseconds


class StudentProcess:
    """Started by a sandbox; has a channel to the server inside, and can be ended with all that it started.

    The process that starts it may fork, and its fork use it; both call `kill`.
    report: bubblewrap's; None: `command` is the server itself. group: what `command` joins. at_end: called by `kill`.
    Errors: OSError, with bubblewrap's words, if the system cannot start it now.
    """

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        limits: Limits,
        *,
        group: Cgroup,
        cwd: str = "/",
        pass_fds: tuple[int, ...] = (),
        report: Report | None = None,
        at_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._limits, self._report, self._group, self._at_end = limits, report, group, at_end
        self._memory: MemoryWatch | None = None
        self._why = ""
        pipes = {"stdin": PIPE, "stdout": PIPE, "stderr": PIPE}
        self._process = Popen(command, **pipes, cwd=cwd, env=environment, pass_fds=pass_fds, start_new_session=True)
        read_fd, write_fd = self._process.stdout.fileno(), self._process.stdin.fileno()
        self.channel = Channel(read_fd, write_fd, FromStudent, limits.message_bytes)
        if report is not None:
            try:
                report.wait_begun(START_S)
            except OSError as error:
                why = self._complaint() or str(error)
                self.kill()
                raise OSError(why) from None

    @property
    def why_ended(self) -> str:
        """In words, if it was ended from this side or never began; else "". Never the words of what ran inside."""
        if not self._why and self._group.ran_out_of_memory():
            self._why = OUT_OF_MEMORY
        # A process that ends closes its pipe to the judge a moment before bubblewrap notices.
        if not self._why and self._report is not None and self._report.has_ended(0.05) and not self._report.began():
            self._why = f"the sandbox did not start: {self._complaint()}"
        return self._why

    def watch(self) -> None:
        """Bound the memory of all its processes together; a thread of this process does so where no group does."""
        if not self._group.folders:
            self._memory = MemoryWatch(self._process.pid, self._limits.total_memory_bytes, self._end_for_memory)

    def processor_seconds(self) -> float:
        """The processor time that all of it has used so far."""
        return used(self._process.pid, processor_seconds)

    def num_processes(self) -> int:
        """It and all its descendants."""
        return int(used(self._process.pid, lambda _: 1))

    def kill(self) -> None:
        """End it with everything in it, and return when all of it is gone. A second call does nothing."""
        if self._process.stdin.closed:
            return
        if self._memory is not None:
            self._memory.stop()
        self._end()
        for file in (self._process.stdin, self._process.stdout, self._process.stderr, self._report):
            with contextlib.suppress(OSError, AttributeError):
                file.close()
        self._group.remove()
        self._at_end()

    def _end_for_memory(self) -> None:
        self._why = OUT_OF_MEMORY
        self._end()

    def _end(self) -> None:
        """Process 1 inside takes all others with it, and bubblewrap outside waits for that: no zombie is left."""
        has_ended = self._report is not None and self._report.has_ended()
        with contextlib.suppress(OSError):
            if self._report is not None and self._report.first is not None and not has_ended:
                os.kill(self._report.first, signal.SIGKILL)
                has_ended = self._report.has_ended(END_S)
            if not has_ended:
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(TimeoutExpired):
            self._process.wait(END_S)  # returns at once in a process that did not start it

    def _complaint(self) -> str:
        """What bubblewrap said, as long as nothing else could write there."""
        os.set_blocking(self._process.stderr.fileno(), False)
        return (self._process.stderr.read(300) or b"").decode(errors="replace").strip()
