"""Fields of a JSON object, and what is said of one that is wrong."""

from collections.abc import Mapping
from typing import Any

from mini_vllm.entrypoints.openai.errors import ApiError

MAX_LOGPROBS = 20  # most likely tokens that may be listed for each token


def flag(body: Mapping[str, Any], name: str, default: bool = False) -> bool:
    """true or false; `default` if it is missing or null. Errors: ApiError for anything else."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise refuse(name, value, "it must be true or false")
    return value


def num_logprobs(name: str, number: object) -> int:
    """How many of the most likely tokens to list. Errors: ApiError."""
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_LOGPROBS:
        raise refuse(name, number, f"it must be a whole number, 0 to {MAX_LOGPROBS}")
    return number


def refuse(name: str, value: object, reason: str) -> ApiError:
    """A 400 that names a field, its value, and what to do."""
    return ApiError(400, f"{name}={shown(value)}: {reason}.", param=name)


def shown(value: object) -> str:
    """A value of a client, printable and short enough for a message or a log."""
    try:
        text = ascii(value)
    except RecursionError:
        return "(a value nested too deeply)"
    return text if len(text) <= 200 else f"{text[:200]}..."
