"""The routes of the server."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mini_vllm.engine.async_llm import AsyncLLM, EngineDeadError, QueueFullError
from mini_vllm.entrypoints.openai.errors import ApiError, handle
from mini_vllm.entrypoints.openai.guard import Guard
from mini_vllm.entrypoints.openai.models import ServedModel
from mini_vllm.entrypoints.openai.origins import Origins
from mini_vllm.entrypoints.openai.read_body import read_json
from mini_vllm.entrypoints.openai.serving_chat import OpenAIServingChat
from mini_vllm.entrypoints.openai.serving_completion import OpenAIServingCompletion
from mini_vllm.entrypoints.openai.serving_tokenization import ServingTokenization
from mini_vllm.metrics.prometheus import CONTENT_TYPE

CLIENT_CLOSED_REQUEST = 499  # nobody reads this status any more


@dataclass(frozen=True, kw_only=True)
class ServerLimits:
    """What one request may ask for."""

    max_body_bytes: int = 4 * 2**20
    max_sequences: int = 128  # prompts times n


def build_app(
    engine: AsyncLLM,
    model: ServedModel,
    limits: ServerLimits,
    api_keys: Sequence[str] = (),
    own_names: Sequence[str] | None = None,
    allowed_origins: Sequence[str] = (),
) -> Starlette:
    """The server as an ASGI application; `Server` starts the engine.

    api_keys, own_names: see `Guard`. allowed_origins: see `Origins`.
    """
    tokenization = ServingTokenization(engine, model)
    works: dict[str, Callable[[dict[str, Any]], Coroutine[Any, Any, Response]]] = {
        "/v1/completions": OpenAIServingCompletion(engine, model, limits.max_sequences).create,
        "/v1/chat/completions": OpenAIServingChat(engine, model, limits.max_sequences).create,
        "/tokenize": tokenization.tokenize,
        "/detokenize": tokenization.detokenize,
    }

    async def create(request: Request) -> Response:
        try:
            body = await read_json(request, limits.max_body_bytes)
        except ClientDisconnect:
            return Response(status_code=CLIENT_CLOSED_REQUEST)
        return await _unless_disconnected(request, works[request.scope["path"]](body))

    async def list_models(request: Request) -> Response:
        return JSONResponse({"object": "list", "data": model.cards()})

    async def retrieve_model(request: Request) -> Response:
        name = request.path_params["name"]
        if not name:  # /v1/models/
            return await list_models(request)
        model.check(name)
        return JSONResponse(next(card for card in model.cards() if card["id"] == name))

    async def health(request: Request) -> Response:
        return Response() if engine.is_healthy else ApiError(503, "The engine has stopped.").response()

    async def show_version(request: Request) -> Response:
        return JSONResponse({"version": version("mini-vllm")})

    async def metrics(request: Request) -> Response:
        lines = engine.stat_logger.lines(engine.llm_engine.stats)
        return Response("".join(f"{line}\n" for line in lines), media_type=CONTENT_TYPE)

    # Origins before the guard: a browser asks without the key whether a page may send a request with it.
    middleware = [Middleware(Origins, allowed_origins), Middleware(Guard, api_keys, own_names)]
    handlers: Any = dict.fromkeys((HTTPException, ApiError, QueueFullError, EngineDeadError, Exception), handle)
    return Starlette(
        routes=[
            *(Route(path, create, methods=["POST"]) for path in works),
            Route("/v1/models", list_models),
            Route("/v1/models/{name:path}", retrieve_model),
            Route("/health", health),
            Route("/metrics", metrics),
            Route("/version", show_version),
        ],
        middleware=middleware,
        exception_handlers=handlers,
    )


async def _unless_disconnected(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """The result of `work`, which is cancelled if the client goes away before."""
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else Response(status_code=CLIENT_CLOSED_REQUEST)
    finally:
        for waiting in (task, gone):
            waiting.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
