"""Reads the JSON body of a request, within limits."""

import asyncio
import json
from typing import Any, NoReturn

from starlette.requests import Request

from mini_vllm.entrypoints.openai.errors import ApiError

BODY_TIMEOUT_S = 30.0
MAX_DEPTH = 20  # of lists and objects in each other; no request needs more, and repr, for one, fails at some depth
CLOSE = {"Connection": "close"}


async def read_json(request: Request, max_bytes: int) -> dict[str, Any]:
    """The body, a JSON object. Errors: ApiError, saying what is wrong with it."""
    # A page in a browser may send other kinds to any server without asking, and this one only after asking.
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(415, f"Content-Type={kind!r} must be application/json.", headers=CLOSE)
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        message = f"Content-Encoding={encoding!r} is not read: send the body uncompressed."
        raise ApiError(415, message, headers=CLOSE | {"Accept-Encoding": "identity"})
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            body = await _read(request, max_bytes)
    except TimeoutError:
        raise ApiError(408, f"The body did not come within {BODY_TIMEOUT_S:g} s.", headers=CLOSE) from None
    return _parsed(body)


async def _read(request: Request, max_bytes: int) -> bytes:
    too_large = ApiError(413, f"The body has more than {max_bytes} bytes: send less at once.", headers=CLOSE)
    # A body that is a little too large is read nevertheless, since a client that still sends does not read an answer.
    most_read = 16 * max_bytes
    if int(request.headers.get("content-length", 0)) > most_read:
        raise too_large
    body, num_bytes = bytearray(), 0
    async for piece in request.stream():
        num_bytes += len(piece)
        if num_bytes <= max_bytes:
            body += piece
        elif num_bytes > most_read:
            break
    if num_bytes > max_bytes:
        raise too_large
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ApiError(400, f"The body is not UTF-8 ({error.reason} at byte {error.start}).") from None
    too_deep = ApiError(400, f"The body is nested more than {MAX_DEPTH} levels deep.")
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise too_deep from None
    except ValueError as error:  # also for an integer of thousands of digits
        raise ApiError(400, f"The body is not valid JSON: {error}") from None
    if _is_deeper(content, MAX_DEPTH):
        raise too_deep
    if not isinstance(content, dict):
        raise ApiError(400, f"The body is {type(content).__name__}, but must be a JSON object.")
    return content


def _is_deeper(content: object, limit: int) -> bool:
    level = [content]
    for _ in range(limit):
        containers = [item for item in level if isinstance(item, (dict, list))]
        level = [child for item in containers for child in (item.values() if isinstance(item, dict) else item)]
    return any(isinstance(item, (dict, list)) for item in level)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value.")
