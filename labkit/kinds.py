"""Reads an answer as the kind of value that the exercise asks for; each function raises CheckFailed otherwise.

Any equivalent type is right: Python's or numpy's integers and floats, fractions, decimals, 0-d arrays, float32 or
float64. What is returned is plain, whatever a subclass says of itself.
"""

import math
import operator
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from labkit.failure import CheckFailed, a_type, shortened


def whole_number(call: str, answer: Any, part: str = "") -> int:
    """`answer` as a plain int. part: what it is of the whole result, for the message, such as "a token"."""
    if part and answer is None:
        raise CheckFailed(
            f"{call} returned None as {part}; a whole number (int) was expected.", step="return an int there"
        )
    _not_none(call, answer)
    try:
        if isinstance(answer, (bool, np.bool_)):
            raise TypeError
        return operator.index(answer)
    except TypeError:
        role = f", as {part}" if part else ""
        what = f"{call} returned {shortened(answer)}, {a_type(answer)}{role}; a whole number (int) was expected."
        if isinstance(answer, (list, tuple, set, dict, np.ndarray)):
            raise CheckFailed(what, "several numbers, or one number in a container", "return one number") from None
        if isinstance(answer, (bool, np.bool_)):
            cause = "a comparison is returned in place of the number"
        elif isinstance(answer, str):
            cause = "the number is in quotes, or was formatted"
        elif isinstance(answer, (float, np.floating)):
            cause = "`/`, or a factor such as 0.9, makes a float; `//` keeps whole numbers whole"
        else:
            cause = ""
        raise CheckFailed(what, cause, "return an int") from None


def real_number(call: str, answer: Any) -> float:
    """`answer` as a plain, finite float."""
    _not_none(call, answer)
    plain = _scalar(answer)
    if not isinstance(plain, (Real, Decimal)) or isinstance(plain, bool):
        raise CheckFailed(
            f"{call} returned {shortened(answer)}, {a_type(answer)}; a number was expected.",
            step="return the number itself, without text, list or array around it",
        )
    try:
        number = float(plain)
    except OverflowError:  # a number with hundreds of digits
        number = math.inf
    if not math.isfinite(number):
        raise CheckFailed(
            f"{call} returned {number}, which is not a finite number.",
            "a division by zero, or a number too large for its type (float16 ends at 65,504)",
            "print the numbers on the way",
        )
    return number


def yes_or_no(call: str, answer: Any) -> bool:
    """`answer` as a plain bool."""
    _not_none(call, answer)
    plain = _scalar(answer)
    if type(plain) not in (bool, np.bool_):
        raise CheckFailed(
            f"{call} returned {shortened(answer)}, {a_type(answer)}; True or False was expected.",
            step="return the comparison itself, without quotes, numbers or lists around it",
        )
    return bool(plain)


def float_array(call: str, answer: Any, shape: tuple[int, ...]) -> np.ndarray:
    """`answer` as a new float64 array of `shape`."""
    _not_none(call, answer)
    if not isinstance(answer, np.ndarray):
        raise CheckFailed(
            f"{call} returned {a_type(answer)}; a numpy array was expected.",
            step="print type(...) of what you return; np.array(...) makes an array of a list",
        )
    plain = np.array(answer)
    if plain.shape != shape:
        raise CheckFailed(
            f"{call} returned an array of shape {plain.shape}, expected {shape}.",
            "an axis is lost, kept or swapped",
            "print .shape on the way",
        )
    if not np.issubdtype(plain.dtype, np.floating):
        raise CheckFailed(
            f"{call} returned an array of {plain.dtype}, expected floats.",
            "integer arithmetic, or a mask of True and False instead of the values",
            "print .dtype before you return",
        )
    return plain.astype(np.float64)


def _not_none(call: str, answer: Any) -> None:
    if answer is None:
        raise CheckFailed(
            f"{call} returned None.",
            "the result is printed, or computed and dropped, or one path through the function has no `return`",
            "end every path of the function with `return`",
        )


def _scalar(answer: Any) -> Any:
    return answer.item() if type(answer) is np.ndarray and answer.shape == () else answer
