"""uvicorn with what a server on the open network needs besides: limits on time, and an end that keeps its promises."""

import asyncio
import socket
import time
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from mini_vllm.engine.async_llm import AsyncLLM, EngineDeadError
from mini_vllm.entrypoints.openai.errors import ApiError
from mini_vllm.entrypoints.openai.event_stream import dumps

HEAD_TIMEOUT_S = 10.0
IDLE_TIMEOUT_S = 30  # longer than clients keep a connection (httpx: 5), so that they never use one that just closes


class TimedProtocol(H11Protocol):
    """Closes a connection on which the head of a request takes too long, and answers in OpenAI's form."""

    _too_late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._too_late is not None:
            self._too_late.cancel()

    def _watch(self) -> None:
        """Let the timer run while no request is being answered, and only then."""
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering and self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None
        elif not is_answering and self._too_late is None:
            self._too_late = self.loop.call_later(HEAD_TIMEOUT_S, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets the answer that everything else gets."""
        body = dumps(ApiError(400, msg).content())
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        headers.append((b"connection", b"close"))
        for part in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(part) or b"")
        self.transport.close()


class Server(uvicorn.Server):
    """Starts the engine, serves an application, and ends both in time.

    shutdown_timeout_s: how long requests may go on after SIGTERM or Ctrl-C; then they are aborted.
    """

    def __init__(self, app: ASGIApp, engine: AsyncLLM, shutdown_timeout_s: float) -> None:
        self.engine, self.shutdown_timeout_s = engine, shutdown_timeout_s
        # The last word on what is still open, if a client does not take what was sent to it.
        last = int(shutdown_timeout_s) + 5
        settings: dict[str, Any] = {"lifespan": "off", "ws": "none", "loop": "asyncio", "http": TimedProtocol}
        settings |= {"timeout_keep_alive": IDLE_TIMEOUT_S, "timeout_graceful_shutdown": last}
        settings |= {"proxy_headers": False, "server_header": False, "access_log": False}
        # Errors go to the standard error, or to whatever the program that runs this has set up for logging.
        settings |= {"log_config": None, "log_level": "error"}
        super().__init__(uvicorn.Config(app, **settings))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.engine.start()
        await super().startup(sockets)
        for listener in sockets or []:
            host, port = listener.getsockname()[:2]
            print(f"Listening on http://{f'[{host}]' if ':' in host else host}:{port} (Ctrl-C stops it)", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        running = self.engine.num_unfinished_requests
        if running:
            wait = f"they have {self.shutdown_timeout_s:g} s (Ctrl-C again stops at once)"
            print(f"Stopping. Unfinished requests: {running}; {wait}", flush=True)
        aborting = asyncio.create_task(self._abort_in_time())
        await super().shutdown(sockets)
        self.force_exit = True  # nobody is left to wait for
        aborted = await aborting
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=1)
        self.engine.shutdown()
        print(f"Stopped. Aborted requests: {aborted}" if aborted else "Stopped.", flush=True)

    async def _abort_in_time(self) -> int:
        """Abort what is unfinished when time is up, or Ctrl-C is pressed again; how many requests that were."""
        last = time.monotonic() + self.shutdown_timeout_s
        while time.monotonic() < last and not self.force_exit:
            await asyncio.sleep(0.05)
        return self.engine.abort_all(EngineDeadError("The server is stopping."))


def bind(host: str, port: int) -> socket.socket:
    """A socket at an address. Errors: ValueError, saying what to do, if it is taken or not this machine's."""
    if not 0 <= port < 2**16:  # the system would take another one
        raise ValueError(f"--port is {port}; it must be 0 to {2**16 - 1}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise ValueError(
            f"Cannot listen on {host} port {port} ({error}): choose others by --host and --port."
        ) from None
    return listener
