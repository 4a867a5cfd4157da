"""Messages over a pair of pipes: each with its length in front, none longer than a limit, none awaited for ever."""

import os
import select
import time
from typing import Any

import msgspec

LENGTH_BYTES = 4


def sendable(text: str) -> str:
    """`text` as a message can hold it: without lone halves of characters, which no encoding has."""
    return text.encode("utf-8", "replace").decode()


class ChannelError(Exception):
    """The other side has ended, is too slow, or says what is no message."""


class SilentTooLong(ChannelError):
    """No whole message came in time."""


class Channel:
    """One end of the line.

    read_fd, write_fd: pipes. hears: the type of what comes in; anything else is refused.
    max_bytes:         of one message; a longer one ends the conversation.
    """

    def __init__(self, read_fd: int, write_fd: int, hears: Any = Any, max_bytes: int = 2**24) -> None:
        self._read_fd, self._write_fd, self.max_bytes = read_fd, write_fd, max_bytes
        self._decoder = msgspec.msgpack.Decoder(hears)
        self._received = bytearray()

    def send(self, message: Any, seconds: float | None = None) -> None:
        """Errors: ChannelError if the other side is gone, or does not read it in time."""
        try:
            data = msgspec.msgpack.encode(message)
        except (UnicodeEncodeError, RecursionError) as error:
            raise ChannelError(f"a message cannot be written ({type(error).__name__})") from None
        view = memoryview(len(data).to_bytes(LENGTH_BYTES, "big") + data)
        deadline = None if seconds is None else time.monotonic() + seconds
        while view:
            if deadline is not None:
                _, ready, _ = select.select([], [self._write_fd], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise SilentTooLong("it reads no messages")
            try:
                # No more than a pipe surely takes once it is ready, so that this call never blocks.
                view = view[os.write(self._write_fd, view[: select.PIPE_BUF]) :]
            except OSError as error:
                raise ChannelError(f"it has ended ({error.strerror})") from None

    def receive(self, seconds: float | None = None) -> Any:
        """The next message; waits `seconds` at most. Errors: ChannelError, SilentTooLong."""
        deadline = None if seconds is None else time.monotonic() + seconds
        length = int.from_bytes(self._take(LENGTH_BYTES, deadline), "big")
        if length > self.max_bytes:
            raise ChannelError(f"its message is longer than {self.max_bytes:,} bytes")
        try:
            return self._decoder.decode(self._take(length, deadline))
        except (msgspec.DecodeError, ValueError, RecursionError, MemoryError):
            raise ChannelError("its message is invalid") from None

    def _take(self, count: int, deadline: float | None) -> bytes:
        while len(self._received) < count:
            if deadline is not None:
                ready, _, _ = select.select([self._read_fd], [], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise SilentTooLong("it did not answer in time")
            chunk = os.read(self._read_fd, 2**16)
            if not chunk:
                raise ChannelError("it has ended")
            self._received += chunk
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken
