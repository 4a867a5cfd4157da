"""A notebook in the student's process: what breaks it costs one cell, and it starts anew."""

import contextlib
import secrets
import time
from collections.abc import Iterator
from typing import Any

from grading.judge.imitations import believed_status, students_name
from grading.judge.outputs import error_output, shown
from grading.judge.remote import RemoteCalls
from grading.judge.student_server import StudentServer
from grading.sandbox import Limits
from grading.wire import messages
from grading.wire.channel import ChannelError, SilentTooLong
from grading.wire.values import UNREADABLE

GRACE_S = 5  # for what takes milliseconds: to read a message, to fork
MAX_STARTS = 60
MAX_LEFT_BEHIND = 30  # processes of a cell's own
MAX_OUTPUTS = 40


class NotebookGone(ChannelError):
    """The process that ran the notebook has ended; the server that forked it lives."""


class SessionOver(Exception):
    """The notebook has used up its time, or its process cannot be started any more."""


class StudentNotebook:
    """Runs a notebook's cells in a student process, and answers its tests.

    server: serves all notebooks of a submission, one at a time; this one is its number `number`.
    faults: what broke on the way, in sentences.
    """

    def __init__(self, server: StudentServer, number: int, limits: Limits) -> None:
        self.server, self.number, self.limits = server, number, limits
        self.faults: list[str] = []
        self.timed_out: list[str] = []
        self._done: list[str | None] = []  # cells to run again after a new start; None: where a process was kept
        self._left = {"cells": limits.notebook_seconds, "tests": limits.notebook_seconds}
        self._num_starts = 0
        self._start()

    # --- cells ---

    def run(self, name: str, source: str) -> list[dict]:
        """The outputs of a cell. One that breaks the process is given up, and all before it run again."""
        try:
            outputs = self._run(source)
        except ChannelError as error:
            if isinstance(error, SilentTooLong):
                self._note_time_out(name)
            why = self._why(error)
            self.faults.append(f"Cell {name}: {why}.")
            self._restart(is_server_alive=isinstance(error, NotebookGone))
            return [error_output("CellFailed", f"The cell did not finish and counts as not run: {why}.")]
        self._done.append(source)
        if any(output.get("ename") == "CellTimeout" for output in outputs):
            self._note_time_out(name)
        return outputs

    def keep(self) -> None:
        """Keep the process as it is now, for a test to come; they are numbered from 0."""
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

    def rest(self) -> None:
        """Let another notebook have the server."""
        with contextlib.suppress(ChannelError):
            self.server.channel.send(messages.Rest(), GRACE_S)
            if isinstance(self.server.channel.receive(GRACE_S), messages.Resting):
                return
        self.server.restart()

    def resume(self) -> None:
        """Turn back to this notebook; all of its cells run again if its process is gone."""
        is_here = self._server_start == self.server.num_starts
        with contextlib.suppress(ChannelError):
            if is_here:
                return self._begin()
        self._restart(is_server_alive=not is_here)

    def anew(self) -> "StudentNotebook":
        """The same notebook before its first cell."""
        with contextlib.suppress(ChannelError):
            self.server.channel.send(messages.End(), GRACE_S)
            if isinstance(self.server.channel.receive(GRACE_S), messages.Gone):
                return StudentNotebook(self.server, self.number, self.limits)
        self.server.restart()
        return StudentNotebook(self.server, self.number, self.limits)

    # --- tests ---

    @contextlib.contextmanager
    def test(self, name: str, names: list[str], provided: list[str], kept: int | None = None) -> Iterator[tuple]:
        """(values of those of `names` that are set, RemoteCalls). In this context functions can be called."""
        started = time.monotonic()
        seconds = self._seconds("tests")
        message = self._begin_test(messages.Test(secrets.randbits(60), names, provided, seconds, kept))
        deadline = time.monotonic() + seconds + self.limits.grace_seconds
        calls = RemoteCalls(self.server.channel, lambda: max(0.0, deadline - time.monotonic()))
        values: dict[str, Any] = {}
        calls.has_ended = isinstance(message, messages.Ended)
        if isinstance(message, messages.Names):
            for key, value in message.values.items():
                with contextlib.suppress(*UNREADABLE):  # what cannot be read is not there
                    values[key] = calls.values.decode(value)
            calls.too_large = {*message.too_large} & {*names}
        else:
            calls.broken = "your code ended its process." if calls.has_ended else "your code did not answer."
        yield values, calls
        used = time.monotonic() - started
        self._left["tests"] -= used
        if calls.broken and used >= seconds:
            self._note_time_out(name)
        self._end_test(calls)
        calls.broken = calls.broken or "the test is over."

    def _begin_test(self, request: messages.Test) -> messages.Names | messages.Ended | None:
        """The first message of the process that answers; None if there is none.

        What an earlier test's process has left in the pipes may come first, and costs this test nothing: it begins
        again, with a new process.
        """
        for is_last in (False, True):
            with contextlib.suppress(ChannelError):
                self.server.channel.send(request, GRACE_S)
                message = self.server.channel.receive(request.seconds + self.limits.grace_seconds)
                is_of_an_earlier_test = isinstance(message, messages.Names) and message.n != request.n
                if isinstance(message, (messages.Names, messages.Ended)) and not is_of_an_earlier_test:
                    return message
            if not is_last:
                self._restart()
        return None

    def _end_test(self, calls: RemoteCalls) -> None:
        if calls.has_ended and not calls.broken:  # who ends in the middle of a call may leave processes that answer
            return
        with contextlib.suppress(ChannelError):
            if not calls.broken:
                self.server.channel.send(messages.End(), GRACE_S)
                if isinstance(self.server.channel.receive(GRACE_S), messages.Ended):
                    return
        self._restart()

    # --- the process ---

    def _note_time_out(self, name: str) -> None:
        self.timed_out += [name] if name not in self.timed_out else []
        self.server.note_time_out()

    def _run(self, source: str) -> list[dict]:
        seconds, started = self._seconds("cells"), time.monotonic()
        try:
            self.server.channel.send(messages.Run(source, seconds), GRACE_S)
            ran = self._expect(messages.Ran, seconds + self.limits.grace_seconds)
        finally:
            used = time.monotonic() - started
            self._left["cells"] -= used
        outputs = [shown(output, self.limits) for output in ran.outputs[:MAX_OUTPUTS]]
        for output in outputs:
            is_time_out = output.get("ename") == "CellTimeout" and used >= seconds
            if "ename" in output and not is_time_out:
                output["ename"] = students_name(output["ename"])
        return outputs

    def _keep(self) -> None:
        self.server.channel.send(messages.Fork(), GRACE_S)
        self._expect(messages.Forked, 2 * GRACE_S)

    def _expect(self, kind: type, seconds: float) -> Any:
        """Errors: ChannelError, NotebookGone, if the message is of another kind."""
        message = self.server.channel.receive(seconds)
        if isinstance(message, messages.Gone):
            raise NotebookGone(believed_status(message.status, "it exited"))
        if not isinstance(message, kind):
            raise ChannelError("it did not answer")
        return message

    def _seconds(self, what: str) -> float:
        if self._left[what] <= 0:
            self._note_time_out("the notebook as a whole")
            raise SessionOver(f"The notebook took more than {self.limits.notebook_seconds:g} seconds.")
        self.server.look()
        return min(self.limits.cell_seconds, self._left[what])

    def _start(self) -> None:
        while True:
            self._num_starts += 1
            if self._num_starts > MAX_STARTS:
                raise SessionOver("The student's process failed too often.")
            try:
                self._begin()
            except ChannelError:  # what other cells have left running may keep it from being forked
                self.server.restart()
            else:
                self._server_start = self.server.num_starts
                return

    def _begin(self) -> None:
        self.server.channel.send(messages.Notebook(self.number), GRACE_S)
        self._expect(messages.Begun, 2 * GRACE_S)

    def _restart(self, is_server_alive: bool = False) -> None:
        if not is_server_alive:
            self.server.restart()
        self._start()
        for index, source in enumerate(self._done):
            before = self.server.num_processes()
            try:
                if source is None:
                    self._keep()
                else:
                    self._run(source)
            except ChannelError:  # ran before, and breaks now: go on without it
                self._give_up(index, "A cell that had run before failed when it was run again.")
                return self._restart()
            if self.server.num_processes() > before + MAX_LEFT_BEHIND:  # until none could be forked for a test
                self._give_up(index, "A cell left too many processes behind, and counts as not run.")
                return self._restart()

    def _give_up(self, index: int, why: str) -> None:
        self._done[index] = "" if self._done[index] is not None else None
        self.faults.append(why)

    def _why(self, error: ChannelError) -> str:
        if isinstance(error, SilentTooLong):
            return f"it took more than {self.limits.cell_seconds:g} seconds and could not be interrupted"
        return self.server.why_ended or str(error).rstrip(".")
