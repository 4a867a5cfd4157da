"""Lists of whole numbers as answers return them: read, compared and shown."""

import operator
from typing import Any

import numpy as np

from labkit.failure import CheckFailed, a_type, shortened
from labkit.kinds import whole_number


def whole_numbers(call: str, answer: Any, part: str = "") -> tuple[int, ...]:
    """`answer`, any kind of list of whole numbers, as a tuple of plain ints.

    part: which of several lists it is, for the message.
    """
    role = f", as {part}" if part else ""
    if answer is None and not part:
        whole_number(call, answer)  # which says what a None means
    if not isinstance(answer, (list, tuple, np.ndarray)) or isinstance(answer, np.ndarray) and answer.ndim != 1:
        raise CheckFailed(
            f"{call} returned {shortened(answer)}, {a_type(answer)}{role}; a list of whole numbers was expected.",
            step="return a list with one whole number per entry",
        )
    for entry in answer:
        if isinstance(entry, (bool, np.bool_)) or not isinstance(entry, (int, np.integer)):
            raise CheckFailed(
                f"{call} returned {shortened(answer)}{role}, which holds {shortened(entry)}, {a_type(entry)}; "
                "a list of whole numbers was expected.",
                step="return plain counts or block ids, one per entry",
            )
    return tuple(operator.index(entry) for entry in answer)  # plain, whatever a subclass says of itself


def counts_and_freed(call: str, answer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """`answer`, a pair of such lists, as a pair of tuples."""
    if answer is None:
        whole_number(call, answer)
    is_pair = isinstance(answer, (tuple, list)) and len(answer) == 2
    if not is_pair or all(isinstance(part, (int, np.integer)) for part in answer):
        raise CheckFailed(
            f"{call} returned {shortened(answer)}; a pair (counts, freed) was expected.",
            "one of the two lists is missing",
            "end with `return counts, freed`",
        )
    return whole_numbers(call, answer[0], "counts"), whole_numbers(call, answer[1], "freed")


def as_tuples(value: Any) -> Any:
    """Lists, and lists in a pair, as tuples: they can be looked up in a table."""
    return tuple(as_tuples(entry) for entry in value) if isinstance(value, (list, tuple)) else value


def as_lists(value: Any) -> str:
    """Such tuples as a message shows them."""
    if value and isinstance(value[0], tuple):
        return f"({', '.join(as_lists(part) for part in value)})"
    return str(list(value))
