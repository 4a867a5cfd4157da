"""A server on the loopback, in a thread of the test's process, on the small model and its letters."""

import asyncio
import http.client
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from engines import MODEL
from letters import LetterTokenizer

from mini_vllm import EngineConfig, LLMEngine, RequestOutput, SamplingParams
from mini_vllm.engine.async_llm import AsyncLLM
from mini_vllm.entrypoints.openai.api_server import ServerLimits, build_app
from mini_vllm.entrypoints.openai.http_server import Server, bind
from mini_vllm.entrypoints.openai.models import ServedModel
from mini_vllm.metrics.stat_logger import StatLogger

NAME = "letters"
PATIENCE_S = 60  # until a test gives up


class GatedEngine(LLMEngine):
    """Steps only while its gate is open, so that a test decides how far a request has come."""

    def __init__(self, **limits) -> None:
        config = EngineConfig.for_model(MODEL.config, **{"block_size": 4} | limits)
        super().__init__(MODEL, LetterTokenizer(), config)
        self.gate = threading.Event()
        self.gate.set()
        self.at_gate = threading.Event()  # a step is wanted, and the gate is shut

    def step(self) -> list[RequestOutput]:
        if not self.gate.is_set():
            self.at_gate.set()
            assert self.gate.wait(PATIENCE_S)
            self.at_gate.clear()
        return super().step()


class Served:
    """A running server. client: OpenAI's, which does not try again by itself."""

    def __init__(self, engine: GatedEngine, server: Server, address: tuple[str, int]) -> None:
        self.engine, self.server, self.address = engine, server, address
        self.async_llm = server.engine
        self.logged: list[str] = []  # errors of the server itself
        self.url = f"http://{address[0]}:{address[1]}"
        import openai  # it takes more than a second, also of workers that serve nothing

        self.client = openai.OpenAI(base_url=f"{self.url}/v1", api_key="none", max_retries=0, timeout=PATIENCE_S)

    def post(self, path: str, body: object, **headers: str) -> tuple[int, dict, http.client.HTTPMessage]:
        """Status, content and headers of the answer to a JSON body, which need not be valid."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, content, **{"Content-Type": "application/json"} | headers)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str):
        connection = http.client.HTTPConnection(*self.address, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            content = response.read()
            is_json = response.headers.get_content_type() == "application/json"
            return response.status, json.loads(content) if is_json else content.decode(), response.headers
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=PATIENCE_S)

    def wait_until(self, condition) -> None:
        """Look again and again, on the server's event loop, until the condition holds."""

        async def look() -> None:
            while not condition():
                await asyncio.sleep(0.005)

        asyncio.run_coroutine_threadsafe(look(), self.async_llm._loop).result(PATIENCE_S)

    def wait_until_idle(self) -> None:
        self.wait_until(lambda: not self.async_llm.num_unfinished_requests)
        self.wait_until(lambda: not self.engine.has_unfinished_requests())


@contextmanager
def serving(
    engine: GatedEngine | None = None, *, max_queue: int = 256, shutdown_timeout_s: float = 5, defaults=None, **options
) -> Iterator[Served]:
    """options: api_keys, own_names and limits of `build_app`."""
    engine = GatedEngine() if engine is None else engine
    async_llm = AsyncLLM(engine, StatLogger(NAME), max_queue)
    model = ServedModel([NAME, "alias"], engine.config.max_model_len, defaults or SamplingParams())
    app = build_app(async_llm, model, options.pop("limits", ServerLimits()), **options)
    server, listener = Server(app, async_llm, shutdown_timeout_s), bind("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    address = listener.getsockname()[:2]
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            threading.Event().wait(0.005)
        served = Served(engine, server, address)
        handler = logging.Handler(logging.ERROR)
        handler.emit = lambda record: served.logged.append(record.getMessage())
        logging.getLogger("uvicorn.error").addHandler(handler)
        yield served
    finally:
        logging.getLogger("uvicorn.error").removeHandler(handler)
        engine.gate.set()
        server.should_exit = True
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
