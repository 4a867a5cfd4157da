"""Runs a student's cells in IPython, one after the other, and keeps what they show."""

import contextlib
import io
import os
import signal
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from grading.student_process.calls import Calls
from grading.student_process.server import ended
from grading.wire.channel import Channel, ChannelError

SHOWN_TYPES = ("text/plain", "image/png")


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


class Notebook:
    """One notebook's process. It serves the judge until it is told to end."""

    def __init__(self, channel: Channel, limits: dict) -> None:
        self.channel, self.limits = channel, limits
        self.kept: list[tuple[int, int]] = []  # for each test to come: a process, and the pipe that it waits at
        config = Config()
        config.HistoryManager.enabled = False
        self.shell = InteractiveShell.instance(config=config)
        self.shell.enable_gui = lambda gui=None: None  # there is no event loop to hook into
        self.shell.run_line_magic("matplotlib", "inline")

    def serve(self) -> None:
        while (message := self.channel.receive())["op"] != "end":
            if message["op"] == "run":
                self.channel.send({"op": "ran", "outputs": self.run(message["source"], message["seconds"])})
            elif message["op"] == "keep":
                self.keep()
            elif message["op"] == "test":
                self.test(message)

    def run(self, source: str, seconds: float) -> list[dict]:
        """The outputs of a cell, as in a notebook, bounded in size."""
        errors: list[dict] = []

        def keep_error(kind: type, value: BaseException, traceback_lines: list[str]) -> None:
            shown = "\n".join(traceback_lines)[-self.limits["output_chars"] :]
            errors.append({"ename": kind.__name__, "evalue": _text(value), "traceback": [shown]})

        self.shell._showtraceback = keep_error
        printed = CutText(self.limits["output_chars"])
        with capture_output(stdout=False, stderr=False) as shown, self._stopwatch(seconds):
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                self.shell.run_cell(source, store_history=False)
        outputs = (
            [{"output_type": "stream", "name": "stdout", "text": printed.getvalue()}] if printed.getvalue() else []
        )
        outputs += [_display(rich.data, self.limits) for rich in shown.outputs[:20]]
        outputs += [{"output_type": "error", **error} for error in errors[:1]]
        return [output for output in outputs if output]

    def keep(self) -> None:
        """Fork the process in which the student's functions will be called for one test; it waits to be woken.

        It is a fork, so what a call does to variables, or how it ends, is seen by no other cell.
        """
        read_fd, write_fd = os.pipe()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                for fd in (write_fd, *(fd for _, fd in self.kept)):  # so that each hears it when this one is gone
                    os.close(fd)
                Calls(self.channel, self.shell.user_ns, Channel(read_fd, -1).receive()).serve()
                status = 0
            finally:
                os._exit(status)
        os.close(read_fd)
        self.kept.append((pid, write_fd))
        self.channel.send({"op": "kept"})

    def test(self, message: dict) -> None:
        """Wake a kept process, and wait for its end. Meanwhile it talks to the judge."""
        pid, write_fd = self.kept[message["kept"]]
        with contextlib.suppress(ChannelError):  # a later cell has ended it; the judge hears that next
            Channel(-1, write_fd).send(message)
        self.channel.send({"op": "ended", "status": ended(pid)})

    @contextlib.contextmanager
    def _stopwatch(self, seconds: float):
        """Time on the clock, by an exception; then time on the processor, which cannot be caught."""

        def stop(*_: Any) -> None:
            raise CellTimeout(f"The cell ran for more than {seconds:g} seconds.")

        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _display(data: dict, limits: dict) -> dict | None:
    kept = {kind: data[kind] for kind in SHOWN_TYPES if isinstance(data.get(kind), str)}
    if "text/plain" in kept:
        kept["text/plain"] = kept["text/plain"][: limits["output_chars"]]
    if len(kept.get("image/png", "")) > limits["picture_chars"]:
        del kept["image/png"]
    return {"output_type": "display_data", "data": kept, "metadata": {}} if kept else None


def _text(value: BaseException) -> str:
    try:
        return str(value)[:2000]
    except BaseException:  # noqa: B036 (it is the student's code)
        return ""
