"""The parts of what attention_step returns, with their types, shapes and rows checked."""

from typing import Any

import numpy as np

from labkit.check import Call
from labkit.failure import CheckFailed, a_type


def pair_of(call: Call, answer: Any) -> tuple[Any, tuple[Any, Any]]:
    def ispair_of(value: Any) -> bool:
        return isinstance(value, (tuple, list)) and len(value) == 2

    if not (ispair_of(answer) and ispair_of(answer[1])):
        of = f" of {len(answer)}" if isinstance(answer, (tuple, list)) and len(answer) != 2 else ""
        raise CheckFailed(
            f"{call} returned {a_type(answer)}{of}, expected out and the pair (K, V).",
            step="end with `return out, (K, V)`",
        )
    out, (keys, values) = answer
    return out, (keys, values)


def float_array_of(call: Call, name: str, array: Any, shape: tuple[int, ...], cached_rows: int) -> np.ndarray:
    if not (isinstance(array, np.ndarray) and np.issubdtype(array.dtype, np.floating)):
        of = f" of {array.dtype}" if isinstance(array, np.ndarray) else ""
        raise CheckFailed(
            f"{call}: {name} is {a_type(array)}{of}, expected a numpy array of floats.",
            step=f"print type({name}) before you return it",
        )
    plain = np.array(array)  # a plain array, whatever a subclass says of itself
    if plain.shape != shape:
        is_short, is_out = plain.shape == (cached_rows, shape[-1]), name == "out"
        raise CheckFailed(
            f"{call}: {name} has shape {plain.shape}, expected {shape}.",
            "the new token's k and v were not appended"
            if is_short and not is_out
            else "a wrong axis, or a dimension that is kept",
            "`out` has shape (d,): one query gives one vector"
            if is_out
            else f"print {name}.shape before you return it; one row per token, the new one included",
        )
    return plain


def check_rows(call: Call, K: np.ndarray, V: np.ndarray, given: list[np.ndarray]) -> None:
    _, k, v, *past = given

    def holds(array: np.ndarray, old: list[np.ndarray], new: np.ndarray) -> bool:
        return all(np.allclose(array[:-1], rows, atol=1e-6) for rows in old) and np.allclose(array[-1], new, atol=1e-6)

    if holds(V, past[:1], k) and holds(K, past[1:], v) and not holds(K, past[:1], k):
        raise CheckFailed(
            f"{call} returned the pair as (V, K), expected (K, V): keys and values are swapped.",
            step="return out, (K, V)",
        )
    if not (holds(K, past[:1], k) and holds(V, past[1:], v)):
        raise CheckFailed(
            f"{call}: the returned K and V are not the cached rows with the new row below them.",
            "the new row was put first, or overwrote an old one, or was scaled",
            "print K before and after a step",
        )
