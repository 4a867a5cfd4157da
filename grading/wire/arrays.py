"""Arrays and generators from the messages that stand for them."""

import json
import math
import re
from typing import Any

import numpy as np

from grading.wire import messages

ARRAY_KINDS = "biufc"  # of numpy's dtypes: those whose bytes are numbers


def dtype_of(text: str) -> np.dtype:
    """Errors: ValueError for one that is not of ARRAY_KINDS."""
    if not re.fullmatch(rf"[<>|=]?[{ARRAY_KINDS}][0-9]{{1,2}}", text):
        raise ValueError(f"An array of {text[:60]} cannot be passed.")
    return np.dtype(text)


def array_of(message: messages.Array, known: Any = None) -> np.ndarray:
    """A new array, or `known` with the message's content. Errors: ValueError if that does not fit into `known`."""
    dtype, shape = dtype_of(message.dtype), tuple(message.shape)
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(message.data):
        raise ValueError("An array's shape and its data do not agree.")
    data = np.frombuffer(message.data, dtype=dtype).reshape(shape)
    if known is None:
        value = data.copy()
        value.flags.writeable = not message.is_read_only
        return value
    if not isinstance(known, np.ndarray) or (known.dtype, known.shape) != (dtype, shape):
        raise ValueError("An array that was passed has changed its type or shape.")
    if known.tobytes() != message.data:
        if not known.flags.writeable:
            raise ValueError("An array that the tests had made read-only was changed.")
        known[...] = data
    return known


def generator_of(message: messages.Generator, known: Any = None) -> np.random.Generator:
    """A new generator, or `known`, in the message's state. Errors: ValueError, TypeError or KeyError."""
    state = json.loads(message.state)
    value = np.random.default_rng(0) if known is None else known
    if not isinstance(value, np.random.Generator) or not isinstance(state, dict):
        raise ValueError("A generator was expected.")
    if type(value.bit_generator).__name__ != state.get("bit_generator"):
        raise ValueError("Only generators from np.random.default_rng can be passed.")
    value.bit_generator.state = state
    return value
