"""Server-sent events: `data: {...}` for each chunk, and `data: [DONE]` at the end."""

import json
from collections.abc import AsyncIterable, Callable, Mapping
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

DONE = b"data: [DONE]\n\n"


class EventStream(StreamingResponse):
    """A response that is sent while it is made. close: called at its end, also if the client goes away before."""

    def __init__(self, events: AsyncIterable[bytes], close: Callable[[], None]) -> None:
        # A proxy must not collect the events before it passes them on.
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        super().__init__(events, headers=headers, media_type="text/event-stream")
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._close()


def event(content: Mapping[str, Any]) -> bytes:
    return b"data: " + dumps(content) + b"\n\n"


def dumps(content: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8. Half of a surrogate pair, which UTF-8 does not have, is written as JSON's own escape."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")
