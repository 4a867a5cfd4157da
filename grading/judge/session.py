"""The student's process through the whole of a notebook: what breaks it costs one cell, and it starts anew."""

import contextlib
import time
from collections.abc import Callable, Iterator

from grading.judge.remote import RemoteCalls
from grading.sandbox import Limits
from grading.wire.channel import ChannelError, SilentTooLong

GRACE_S = 5  # how much later than asked an answer may come, before the process is ended


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
        self._done: list[str] = []  # cells to run again after a new start
        self._deadline = time.monotonic() + limits.notebook_seconds
        self._starts = 0
        self._start()

    def run(self, name: str, source: str) -> list[dict]:
        """The outputs of a cell. One that breaks the process is given up, and all before it run again."""
        try:
            outputs = self._run(source)
        except ChannelError as error:
            why = self._why(error)
            self.faults.append(f"Cell {name}: {why}.")
            self._restart(is_server_alive=isinstance(error, NotebookGone))
            return [_error_output("CellFailed", f"The cell broke off, and counts as not run: {why}.")]
        self._done.append(source)
        return outputs

    @contextlib.contextmanager
    def test(self, names: list[str], provided: list[str], say_little: Callable[[], bool]) -> Iterator[dict]:
        """The values of those of `names` that the student's cells have set. In this context functions can be called."""
        seconds = self._seconds()
        deadline = time.monotonic() + seconds + GRACE_S
        calls = RemoteCalls(self.server.channel, lambda: max(0.0, deadline - time.monotonic()), say_little)
        values: dict = {}
        try:
            self.server.channel.send({"op": "test", "names": names, "provided": provided, "seconds": seconds}, GRACE_S)
            message = self.server.channel.receive(seconds + GRACE_S)
            calls.has_ended = message["op"] == "ended"
            if calls.has_ended:
                calls.broken = "your code ended its process."
            if message["op"] == "names":
                for name, value in message["values"].items():
                    with contextlib.suppress(ValueError, TypeError, KeyError):  # what cannot be read is not there
                        values[name] = calls.mirror.decode(value)
        except (ChannelError, KeyError, TypeError, AttributeError):
            calls.broken = "your code gave no answer."
        yield values
        self._end_test(calls)

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
        if message.get("op") == "gone":
            raise NotebookGone(str(message.get("status") or "it ended itself")[:200])
        if message.get("op") != "ran":
            raise ChannelError("it gave no answer")
        return clean_outputs(message.get("outputs"), self.limits)

    def _seconds(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise SessionOver(f"The notebook took more than {self.limits.notebook_seconds:g} seconds.")
        return min(self.limits.cell_seconds, left)

    def _start(self) -> None:
        self._starts += 1
        if self._starts > 20:
            raise SessionOver("The student's process broke too often.")
        self.server.channel.send({"op": "notebook"}, GRACE_S)

    def _restart(self, is_server_alive: bool = False) -> None:
        if not is_server_alive:
            self.server.restart()
        self._start()
        for source in list(self._done):
            try:
                self._run(source)
            except ChannelError:  # ran before, and breaks now: go on without it
                self._done.remove(source)
                self.faults.append("A cell that had run before broke when it was run again.")
                return self._restart()

    def _why(self, error: ChannelError) -> str:
        if isinstance(error, SilentTooLong):
            return f"it took more than {self.limits.cell_seconds:g} seconds and could not be interrupted"
        return str(error).rstrip(".")


def clean_outputs(outputs: object, limits: Limits) -> list[dict]:
    """Those parts of what the student's process says it showed that are plain text or a picture."""
    cleaned = []
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        text, data = output.get("text"), output.get("data")
        if output.get("output_type") == "stream" and isinstance(text, str):
            cleaned.append({"output_type": "stream", "name": "stdout", "text": text[: limits.output_chars + 100]})
        elif output.get("output_type") == "error":
            parts = [str(output.get(key, ""))[: limits.output_chars] for key in ("ename", "evalue")]
            lines = [str(line)[: limits.output_chars] for line in list(output.get("traceback") or [])[:50]]
            cleaned.append({"output_type": "error", "ename": parts[0], "evalue": parts[1], "traceback": lines})
        elif output.get("output_type") == "display_data" and isinstance(data, dict):
            kept = {kind: data[kind] for kind in ("text/plain", "image/png") if isinstance(data.get(kind), str)}
            if not is_base64(kept.get("image/png", "")):
                del kept["image/png"]
            cleaned.append({"output_type": "display_data", "data": kept, "metadata": {}})
    return cleaned[:40]


def is_base64(text: str) -> bool:
    return all(c.isascii() and (c.isalnum() or c in "+/=\n") for c in text)


def _error_output(name: str, text: str) -> dict:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}


class Server:
    """A sandboxed server and how to start it anew. start: gives a StudentProcess; files: the submission's own."""

    def __init__(self, start: Callable[[], object], files: dict[str, str], load_seconds: float = 60) -> None:
        self._start, self._files = start, files
        self._process = None
        self.restart()

    @property
    def channel(self):
        return self._process.channel

    def restart(self) -> None:
        self.close()
        self._process = self._start()
        self.channel.send({"op": "files", "files": self._files}, 60)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None
