"""The student's process of a whole submission, which forks one for each notebook, and starts anew if it breaks."""

import time
from collections.abc import Callable

from grading.sandbox import StudentProcess
from grading.wire import messages
from grading.wire.channel import Channel, ChannelError

LOAD_S = 120  # for the libraries, so that a machine which is slow to load them costs no cell its time


class StudentServer:
    """The sandboxed process that forks the notebooks' own, and how to start it anew.

    start: gives a StudentProcess. spare: one that is started already. files: the submission's own.
    """

    def __init__(
        self, start: Callable[[], StudentProcess], files: dict[str, bytes], spare: StudentProcess | None = None
    ) -> None:
        self._start, self._files = start, files
        self.num_starts = 0
        self.was_starved = False
        self._begin(spare or start())

    @property
    def channel(self) -> Channel:
        """Errors: ChannelError if the libraries are not loaded in time."""
        if not self._is_loaded:
            self._is_loaded = True
            if not isinstance(self._process.channel.receive(LOAD_S), messages.Loaded):
                raise ChannelError("it did not start")
        return self._process.channel

    @property
    def why_ended(self) -> str:
        """Why this side has ended the server, if it has."""
        return self._process.why_ended

    def num_processes(self) -> int:
        """How many processes there are in the sandbox."""
        return self._process.num_processes()

    def look(self) -> None:
        """Note how much processor time it has had by now; once a second is enough."""
        if time.monotonic() - self._last_look[0] > 1:
            self._last_look = time.monotonic(), self._process.processor_seconds()

    def note_time_out(self) -> None:
        """Something has run out of time since the last look: by its own doing?"""
        since, used = self._last_look
        self.was_starved |= self._process.processor_seconds() - used < (time.monotonic() - since) / 2

    def restart(self) -> None:
        self.close()
        self._begin(self._start())

    def close(self) -> None:
        self._process.kill()

    def _begin(self, process: StudentProcess) -> None:
        self._process, self._is_loaded = process, False
        self._last_look = time.monotonic(), 0.0
        self.num_starts += 1
        process.watch()
        process.channel.send(messages.Files(self._files), LOAD_S)
