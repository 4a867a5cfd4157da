"""Messages over a pair of pipes: one JSON object a line, none longer than a limit, none awaited for ever."""

import json
import os
import select
import time


class ChannelError(Exception):
    """The other side has ended, too slow, or says what is no message."""


class SilentTooLong(ChannelError):
    """No whole message came in time."""


class Channel:
    """One end of the line.

    read_fd, write_fd: pipes.
    max_bytes:         of one message; a longer one ends the conversation.
    """

    def __init__(self, read_fd: int, write_fd: int, max_bytes: int = 2**24) -> None:
        self._read_fd, self._write_fd, self._max_bytes = read_fd, write_fd, max_bytes
        self._received = bytearray()

    def send(self, message: dict, seconds: float | None = None) -> None:
        """Errors: ChannelError if the other side is gone, or does not read it in time."""
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        deadline = None if seconds is None else time.monotonic() + seconds
        view = memoryview(line)
        while view:
            if deadline is not None:
                _, ready, _ = select.select([], [self._write_fd], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise SilentTooLong("The other side does not read messages.")
            try:
                # No more than a pipe surely takes once it is ready, so that this call never blocks.
                view = view[os.write(self._write_fd, view[: select.PIPE_BUF]) :]
            except OSError as error:
                raise ChannelError(f"The other side has ended ({error.strerror}).") from None

    def receive(self, seconds: float | None = None) -> dict:
        """The next message; waits `seconds` at most. Errors: ChannelError, SilentTooLong."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while (end := self._received.find(b"\n")) < 0:
            if len(self._received) > self._max_bytes:
                raise ChannelError(f"A message is longer than {self._max_bytes:,} bytes.")
            if deadline is not None:
                ready, _, _ = select.select([self._read_fd], [], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise SilentTooLong("No answer in time.")
            chunk = os.read(self._read_fd, 2**16)
            if not chunk:
                raise ChannelError("The other side has ended.")
            self._received += chunk
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        try:
            message = json.loads(line)
        except (ValueError, RecursionError, MemoryError):
            raise ChannelError("Invalid message.") from None
        if not isinstance(message, dict):
            raise ChannelError("Invalid message.")
        return message
