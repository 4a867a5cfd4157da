"""Checks of the fields of SamplingParams and SpeculativeConfig: each returns the value as Python's own type.

Errors: ValueError, naming the field, its value and the range.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import Any, NoReturn

import numpy as np


def number(name: str, value: Any, in_range: Callable[[float], bool], limits: str) -> float:
    if _is_number(value, Real):
        try:
            as_float = float(value)
        except OverflowError:  # a Python integer past float's range
            as_float = math.inf
        if math.isfinite(as_float) and in_range(as_float):
            return as_float
    _refuse(name, value, f"a finite number {limits}")


def whole(name: str, value: Any, least: int, limits: str) -> int:
    if not _is_number(value, Integral) or value < least:
        _refuse(name, value, f"a whole number, {limits}")
    return int(value)


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        _refuse(name, value, "True or False")
    return bool(value)


def strings(name: str, value: Any) -> list[str]:
    """One string becomes a list of one, and None an empty list."""
    listed: list[Any] = _listed(name, [value] if isinstance(value, str) else value, "one string or a list of strings")
    if not all(isinstance(string, str) and string for string in listed):
        raise ValueError(f"{name}={value!r} must hold strings of at least one character.")
    return listed


def token_ids(name: str, value: Any) -> list[int]:
    """Without repetitions; None becomes an empty list."""
    listed = _listed(name, value, "a list of token ids")
    if not all(map(_is_token_id, listed)):
        raise ValueError(f"{name}={value!r} must hold whole numbers, at least 0.")
    return list(dict.fromkeys(int(token_id) for token_id in listed))


def biases(name: str, value: Any, limit: float) -> dict[int, float]:
    """The number to add to each token's logit. None becomes an empty dict."""
    wanted = f"a dict from token ids to finite numbers in [-{limit:g}, {limit:g}]"
    if value is not None and not isinstance(value, Mapping):
        _refuse(name, value, f"{wanted}, or None")
    for token_id, bias in (value or {}).items():
        if not _is_token_id(token_id) or not _is_number(bias, Real) or not abs(bias) <= limit:
            _refuse(name, value, f"{wanted}: {token_id!r}: {bias!r} is not one")
    return {int(token_id): float(bias) for token_id, bias in (value or {}).items()}


def _is_number(value: object, kind: type) -> bool:
    # True == 1 in Python, but a flag where a number belongs is a mistake.
    return isinstance(value, kind) and not isinstance(value, bool)


def _is_token_id(value: Any) -> bool:
    return _is_number(value, Integral) and value >= 0


def _listed(name: str, value: object, wanted: str) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, (str, bytes, dict)) or not isinstance(value, Iterable):
        _refuse(name, value, f"{wanted}, or None")
    return list(value)


def _refuse(name: str, value: object, wanted: str) -> NoReturn:
    raise ValueError(f"{name}={value!r} must be {wanted}.")
