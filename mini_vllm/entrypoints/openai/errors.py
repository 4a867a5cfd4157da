"""Errors in OpenAI's form: {"error": {"message", "type", "param", "code"}}."""

import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mini_vllm.engine.async_llm import EngineDeadError, QueueFullError

# OpenAI's type and code of each status; 400 and whatever is not here: invalid_request_error, None.
_KINDS = {
    401: ("invalid_request_error", "invalid_api_key"),
    429: ("rate_limit_error", "queue_full"),
    500: ("server_error", "internal_error"),
    503: ("server_error", "engine_unavailable"),
}
_FIELD = re.compile(
    r"(\w+)(?:\[\d+\])?(?:[=:]| holds )"
)  # how a ValueError of the engine names the field that is wrong


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
        return JSONResponse(self.content(), self.status, self.headers)


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


def invalid(error: TypeError | ValueError) -> ApiError:
    """Of what the engine or SamplingParams cannot serve; their messages name the field, its value and the range."""
    field = _FIELD.match(str(error))
    return ApiError(400, str(error), field[1] if field else None)


async def handle(request: Request, error: Exception) -> Response:
    """Starlette's exception handler for all kinds of errors."""
    if isinstance(error, HTTPException) and error.status_code == 404:
        return ApiError(404, f"There is no {request.url.path!r}; /v1/models lists the model.").response()
    if isinstance(error, HTTPException) and error.status_code == 405:
        allowed = dict(error.headers or {})
        message = f"{request.url.path} does not take {request.method}, but {allowed.get('Allow')}."
        return ApiError(405, message, headers=allowed).response()
    return as_api_error(error).response()
