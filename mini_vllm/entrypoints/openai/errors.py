"""Errors in OpenAI's form: {"error": {"message", "type", "param", "code"}}."""

import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mini_vllm.engine.async_llm import EngineDeadError, QueueFullError
from mini_vllm.entrypoints.openai.event_stream import dumps

# OpenAI's type and code of each status; 400 and whatever is not here: invalid_request_error, None.
_KINDS = {
    401: ("invalid_request_error", "invalid_api_key"),
    429: ("rate_limit_error", "queue_full"),
    500: ("server_error", "internal_error"),
    503: ("server_error", "engine_unavailable"),
}
# How the messages of the engine name the field that is wrong: "temperature=-1 must be", "logit_bias holds".
_FIELD = re.compile(r"(\w+)(?:\[\d+\])?(?:[=:]| holds )")
_LONGEST_MESSAGE = 1_000  # characters; the engine's messages quote values whole


class ApiError(Exception):
    """What a client is told. headers: of the response, besides those that every response has."""

    def __init__(
        self,
        status: int,
        message: str,
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.param, self.code, self.headers = status, param, code, headers

    def content(self) -> dict[str, Any]:
        """The body of the response, or an event of a stream that has begun."""
        kind, code = _KINDS.get(self.status, ("invalid_request_error", None))
        return {"error": {"message": str(self), "type": kind, "param": self.param, "code": self.code or code}}

    def response(self) -> Response:
        return Response(dumps(self.content()), self.status, self.headers, media_type="application/json")


def as_api_error(error: Exception) -> ApiError:
    """What a client is told of an error; nothing about one that nobody expects."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, QueueFullError):
        return ApiError(429, f"The queue is full: {error} Try again later.", headers={"Retry-After": "1"})
    if isinstance(error, EngineDeadError):
        return ApiError(503, str(error))
    if isinstance(error, HTTPException):
        return ApiError(error.status_code, error.detail, headers=dict(error.headers or {}))
    return ApiError(500, "The server failed; its log says why.")


def invalid(error: TypeError | ValueError, field: str | None = None) -> ApiError:
    """Of what the engine or SamplingParams cannot serve; their messages name the field, its value and the range.

    field: the one that is wrong if the message names none.
    """
    message = str(error)
    named = _FIELD.match(message)
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[: _LONGEST_MESSAGE // 2]} ... {message[-_LONGEST_MESSAGE // 2 :]}"
    return ApiError(400, message, named[1] if named else field)


async def handle(request: Request, error: Exception) -> Response:
    """Starlette's exception handler for all kinds of errors."""
    path = request.scope["path"]  # request.url would be made of the Host header
    if isinstance(error, HTTPException) and error.status_code == 404:
        paths = ", ".join(route.path for route in request.app.routes if "{" not in route.path)
        return ApiError(404, f"There is no {path!r}; this server has {paths}.").response()
    if isinstance(error, HTTPException) and error.status_code == 405:
        allowed = dict(error.headers or {})
        message = f"{path} does not take {request.method}, but {allowed.get('Allow')}."
        return ApiError(405, message, headers=allowed).response()
    return as_api_error(error).response()
