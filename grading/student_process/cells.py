"""Runs a student's cells in IPython, one after the other, and keeps what they show."""

import contextlib
import gc
import io
import os
import signal
from collections.abc import Iterator
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from grading.student_process.calls import Calls
from grading.student_process.engine import note_loaded
from grading.student_process.errors import text_of
from grading.student_process.forks import Fork, ended
from grading.wire.channel import Channel, sendable
from grading.wire.messages import Begun, Display, End, Ended, Failure, Forked, Ran, Rest, Run, Test, Text
from grading.wire.messages import Fork as KeepFork

MAX_OUTPUTS = 20


class CellTimeout(BaseException):
    """Raised in the student's code when its time is over; no `except Exception` holds it back."""


class CutText(io.StringIO):
    """Keeps the first `limit` characters of what is written, and forgets the rest."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._left = limit

    def write(self, text: str) -> int:
        if self._left > 0:
            super().write(text[: self._left])
            if len(text) > self._left:
                super().write("\n[output truncated]\n")
        self._left -= len(text)
        return len(text)


class Shell(InteractiveShell):
    """IPython without what only somebody who types needs."""

    def init_completer(self) -> None:
        """Not loaded: it takes half as long as numpy."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Ignored: there is no event loop to hook into."""


def new_shell() -> Shell:
    """IPython, once for all notebooks: each runs in a fork."""
    config = Config()
    config.HistoryManager.enabled = False
    return Shell.instance(config=config)


class Cells:
    """One notebook's process. It serves the judge until it is told to end, or to rest."""

    def __init__(self, shell: InteractiveShell, channel: Channel, limits: dict) -> None:
        self.shell, self.channel, self.limits = shell, channel, limits
        self.kept: list[Fork] = []

    def serve(self, fork: Fork) -> None:
        """fork: this process, as its parent knows it; it has to say when it rests."""
        self.channel.send(Begun())
        while True:
            match message := self.channel.receive():
                case Run(source, seconds):
                    self.channel.send(Ran(self.run(source, seconds)))
                    gc.collect()  # of what has come with this cell
                    note_loaded()
                case KeepFork():
                    self.kept.append(Fork(lambda kept: Calls(self.channel, self.shell.user_ns).serve(kept.waits(Test))))
                    self.channel.send(Forked(len(self.kept) - 1))
                case Test(kept=None):
                    self.channel.send(Ended(self.test(message)))
                case Test(kept=number):
                    self.channel.send(Ended(self.kept[number].wake(message)))
                case Rest():
                    fork.rests()
                    self.channel.send(Begun())
                case End():
                    return

    def run(self, source: str, seconds: float) -> list:
        """The outputs of a cell, as in a notebook, bounded in size."""
        errors: list[Failure] = []

        def keep_error(kind: type, value: BaseException, traceback_lines: list[str]) -> None:
            shown = sendable("\n".join(traceback_lines)[-self.limits["output_chars"] :])
            errors.append(Failure(sendable(kind.__name__[:200]), text_of(value), [shown]))

        self.shell._showtraceback = keep_error
        printed = CutText(self.limits["output_chars"])
        with capture_output(stdout=False, stderr=False) as shown, _stopwatch(seconds):
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                self.shell.run_cell(source, store_history=False)
        outputs = [Text(sendable(printed.getvalue()))] if printed.getvalue() else []
        outputs += [self._display(rich.data) for rich in shown.outputs[:MAX_OUTPUTS]]
        return [*outputs, *errors[:1]]

    def test(self, test: Test) -> str:
        """Answer a test's calls in a fork: what a call does to variables, or how it ends, is seen by no cell."""
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                Calls(self.channel, self.shell.user_ns).serve(test)
                status = 0
            finally:
                os._exit(status)
        return ended(pid)

    def _display(self, data: dict[str, Any]) -> Display:
        text, png = (data.get(kind) for kind in ("text/plain", "image/png"))
        text = sendable(text[: self.limits["output_chars"]]) if isinstance(text, str) else ""
        is_shown = isinstance(png, str) and len(png) <= self.limits["picture_chars"]
        return Display(text, png if is_shown else "")


@contextlib.contextmanager
def _stopwatch(seconds: float) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise CellTimeout(f"The cell ran for more than {seconds:g} seconds.")

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
