"""The student's process through the whole of a notebook: what breaks it costs one cell, and it starts anew."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator

from grading.judge.remote import RemoteCalls
from grading.sandbox import Limits
from grading.wire.channel import ChannelError, SilentTooLong

GRACE_S = 5  # how much later than asked an answer may come, before the process is ended


UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError, RecursionError)


class NotebookGone(ChannelError):
    """The process that ran the notebook has ended; the server that forked it lives."""


class SessionOver(Exception):
    """The notebook has used up its time, or its process cannot be started any more."""


class StudentSession:
    """Runs a notebook's cells in a student process.

    start:  starts a sandboxed server (`start(limits)`); it serves several sessions, one after the other.
    faults: what broke on the way, in sentences.
    """

    def __init__(self, server: "Server", limits: Limits) -> None:
        self.server, self.limits = server, limits
        self.faults: list[str] = []
        self._done: list[str | None] = []  # cells to run again after a new start; None: where a process was kept
        self._deadline = time.monotonic() + limits.notebook_seconds
        self._starts = 0
        self.hidden_answers: list[str] = []  # what the calls from a test's hidden lines returned
        self._start()

    def run(self, name: str, source: str) -> list[dict]:
        """The outputs of a cell. One that breaks the process is given up, and all before it run again."""
        try:
            outputs = self._run(source)
        except ChannelError as error:
            why = self._why(error)
            self.faults.append(f"Cell {name}: {why}.")
            self._restart(is_server_alive=isinstance(error, NotebookGone))
            return [_error_output("CellFailed", f"The cell did not finish and counts as not run: {why}.")]
        self._done.append(source)
        return outputs

    def keep(self) -> int:
        """Keep the process as it is now, for a test to come. Returns the number to ask for it by."""
        try:
            self._keep()
        except ChannelError as error:
            self.faults.append(f"Between two cells: {self._why(error)}.")
            self._restart(is_server_alive=isinstance(error, NotebookGone))
            try:
                self._keep()
            except ChannelError as again:
                raise SessionOver(f"The student's process could not be copied for the tests: {again}") from None
        self._done.append(None)
        return self._done.count(None) - 1

    def begin_tests(self) -> None:
        """The cells have run; the tests have as much time again, so that slow cells cost no points of others."""
        self._deadline = time.monotonic() + self.limits.notebook_seconds

    @contextlib.contextmanager
    def test(self, kept: int, names: list[str], provided: list[str], say_little: Callable[[], bool]) -> Iterator[dict]:
        """The values of those of `names` that were set in a kept process. In this context functions can be called."""
        request = {"op": "test", "kept": kept, "names": names, "provided": provided}
        message = self._begin_test(request)
        deadline = time.monotonic() + self._seconds() + GRACE_S
        calls = RemoteCalls(self.server.channel, lambda: max(0.0, deadline - time.monotonic()), say_little)
        self.hidden_answers = calls.hidden_answers
        values: dict = {}
        try:
            calls.has_ended = message.get("op") == "ended"
            calls.broken = None if message else "your code did not answer."
            if calls.has_ended:
                calls.broken = "your code ended its process."
            if message.get("op") == "names":
                for name, value in message["values"].items():
                    with contextlib.suppress(*UNREADABLE):  # what cannot be read is not there
                        values[name] = calls.mirror.decode(value)
        except UNREADABLE:
            calls.broken = "your code did not answer."
        yield values
        self._end_test(calls)
        calls.broken = calls.broken or "the test is over."

    def _begin_test(self, request: dict) -> dict:
        """The kept process's first message; {} if there is none.

        What an earlier test's process has left in the pipes may come first, and costs this test nothing: it begins
        again, with a new process.
        """
        for is_last in (False, True):
            seconds = self._seconds()
            with contextlib.suppress(ChannelError):
                self.server.channel.send({**request, "seconds": seconds}, GRACE_S)
                message = self.server.channel.receive(seconds + GRACE_S)
                if message.get("op") in ("names", "ended"):
                    return message
            if not is_last:
                self._restart()
        return {}

    def close(self) -> None:
        with contextlib.suppress(ChannelError):
            self.server.channel.send({"op": "end"}, GRACE_S)
            if self.server.channel.receive(GRACE_S).get("op") == "gone":
                return
        self.server.restart()

    def _end_test(self, calls: RemoteCalls) -> None:
        if calls.has_ended:
            return
        with contextlib.suppress(ChannelError):
            if not calls.broken:
                self.server.channel.send({"op": "end"}, GRACE_S)
                if self.server.channel.receive(GRACE_S).get("op") == "ended":
                    return
        self._restart()

    def _run(self, source: str) -> list[dict]:
        seconds = self._seconds()
        self.server.channel.send({"op": "run", "source": source, "seconds": seconds}, GRACE_S)
        message = self.server.channel.receive(seconds + GRACE_S)
        expect(message, "ran")
        return clean_outputs(message.get("outputs"), self.limits)

    def _keep(self) -> None:
        self.server.channel.send({"op": "keep"}, GRACE_S)
        expect(self.server.channel.receive(2 * GRACE_S), "kept")

    def _seconds(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise SessionOver(f"The notebook took more than {self.limits.notebook_seconds:g} seconds.")
        return min(self.limits.cell_seconds, left)

    def _start(self) -> None:
        self._starts += 1
        if self._starts > 20:
            raise SessionOver("The student's process failed too often.")
        self.server.channel.send({"op": "notebook"}, GRACE_S)

    def _restart(self, is_server_alive: bool = False) -> None:
        if not is_server_alive:
            self.server.restart()
        self._start()
        for index, source in enumerate(list(self._done)):
            try:
                if source is None:
                    self._keep()
                else:
                    self._run(source)
            except ChannelError:  # ran before, and breaks now: go on without it
                self._done[index] = "" if source is not None else None
                self.faults.append("A cell that had run before failed when it was run again.")
                return self._restart()

    def _why(self, error: ChannelError) -> str:
        if isinstance(error, SilentTooLong):
            return f"it took more than {self.limits.cell_seconds:g} seconds and could not be interrupted"
        return self.server.why_ended or str(error).rstrip(".")


def expect(message: dict, op: str) -> None:
    """Errors: ChannelError, NotebookGone, if the message is another one."""
    if message.get("op") == "gone":
        raise NotebookGone(str(message.get("status") or "it exited")[:200])
    if message.get("op") != op:
        raise ChannelError("it did not answer")


def clean_outputs(outputs: object, limits: Limits) -> list[dict]:
    """Those parts of what the student's process says it showed that are plain text or a picture."""
    cleaned = []
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        text, data = output.get("text"), output.get("data")
        if output.get("output_type") == "stream" and isinstance(text, str):
            cleaned.append(
                {"output_type": "stream", "name": "stdout", "text": printable(text[: limits.output_chars + 100])}
            )
        elif output.get("output_type") == "error":
            parts = [printable(str(output.get(key, ""))[: limits.output_chars]) for key in ("ename", "evalue")]
            lines = output.get("traceback")
            lines = (
                [printable(str(line)[: limits.output_chars]) for line in lines[:50]] if isinstance(lines, list) else []
            )
            cleaned.append({"output_type": "error", "ename": parts[0], "evalue": parts[1], "traceback": lines})
        elif output.get("output_type") == "display_data" and isinstance(data, dict):
            kept = {kind: data[kind] for kind in ("text/plain", "image/png") if isinstance(data.get(kind), str)}
            kept = {kind: printable(text) for kind, text in kept.items()}
            if not is_base64(kept.get("image/png", "")):
                del kept["image/png"]
            cleaned.append({"output_type": "display_data", "data": kept, "metadata": {}})
    return cleaned[:40]


def is_base64(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9+/=\n]*", text) is not None


def printable(text: str) -> str:
    """`text` as it can be written to a file: a lone half of a character would stop nbgrader."""
    return text.encode("utf-8", "replace").decode()


def _error_output(name: str, text: str) -> dict:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}


class Server:
    """A sandboxed server and how to start it anew.

    start: gives a StudentProcess. files: the submission's own. load_seconds: for the libraries, so that a machine
    which is slow to load them costs no cell its time.
    """

    def __init__(self, start: Callable[[], object], files: dict[str, str], load_seconds: float = 120) -> None:
        self._start, self._files, self._load_seconds = start, files, load_seconds
        self._process = None
        self.restart()

    @property
    def channel(self):
        """Errors: ChannelError if the libraries are not loaded in time."""
        if not self._is_loaded:
            self._is_loaded = True
            self._process.channel.receive(self._load_seconds)
        return self._process.channel

    @property
    def why_ended(self) -> str:
        """Why this side has ended the server, if it has."""
        return self._process.why_ended if self._process is not None else ""

    def restart(self) -> None:
        self.close()
        self._process = self._start()
        self._process.channel.send({"op": "files", "files": self._files}, self._load_seconds)
        self._is_loaded = False  # it says so when it is; the judge has something to do in the meantime

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None
