"""What the exercises of this lab share: arguments that are only read, and answers that are lists or pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Exercise, quantity
from labkit.failure import CheckFailed, a_type, shortened
from labkit.kinds import whole_number
from labkit.read_only import ReadOnlyCall

PROVIDED: frozenset[str] = frozenset()  # the modules of mini_vllm that an answer may call


class ListOrSetCall(ReadOnlyCall):
    """A call that must leave the lists and sets among its arguments unchanged."""

    def changed(self, place: int, before: Any, after: Any) -> CheckFailed:
        kind = "list" if isinstance(before, list) else "set"
        return CheckFailed(
            f"{self} changed the {kind} that it was given.",
            f"a method such as append, pop, add, remove, sort or reverse is called on the {kind} itself",
            "work on a copy, or collect the result in a new list",
        )


@dataclass(frozen=True, kw_only=True)
class ReadOnlyExercise(Exercise):
    """An exercise whose arguments are only read."""

    def new_call(self, check: Check, args: Sequence[Any], named: Mapping[str, Any]) -> ListOrSetCall:
        return ListOrSetCall(check, args, named)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        text = str(failure.error)
        if "positional argument" in text and call.check.name in text:
            return CheckFailed(
                failure.what,
                "the line with `def` was changed, or the function calls itself with other arguments",
                "restore the arguments that the docstring names",
                failure.where,
            )
        return failure


def items_of(call: str, answer: Any, of: str, part: str = "") -> list[Any]:
    """The items of a list, a tuple or an array of one axis.

    of: what they should be, for the message. part: what the list is of the whole result, such as "a prompt".
    """
    role = f", as {part}" if part else ""
    if answer is None:
        raise CheckFailed(
            f"{call} returned None{role}; a list of {of} was expected.",
            "the result is printed, or one path through the function has no `return`",
            "end every path of the function with `return`",
        )
    if isinstance(answer, np.ndarray) and answer.ndim == 1:
        return list(answer)
    if isinstance(answer, (list, tuple)):
        return list(answer)
    raise CheckFailed(
        f"{call} returned {shortened(answer)}, {a_type(answer)}{role}; a list of {of} was expected.",
        "one value instead of a list, or a generator, a set or a dict",
        "collect the results in a list, and return it",
    )


def block_ids(call: str, answer: Any) -> list[int]:
    """`answer` as a list of plain ints."""
    items = items_of(call, answer, "block ids")
    nested = [item for item in items if isinstance(item, (list, tuple))]
    if nested:
        raise CheckFailed(
            f"{call} returned a list with the {type(nested[0]).__name__} {shortened(nested[0])} in it; "
            "a list of block ids was expected.",
            "whole block tables are collected, not their blocks",
            "go through the blocks of each table, in a loop within the loop",
        )
    return [whole_number(call, item, "a block id") for item in items]


def two_numbers(call: str, answer: Any) -> tuple[int, int]:
    """`answer` as a pair of plain ints."""
    if answer is not None and not isinstance(answer, (list, tuple, np.ndarray)):
        raise CheckFailed(
            f"{call} returned {shortened(answer)}, {a_type(answer)}; two numbers were expected.",
            "only one of the two counts is returned",
            "return the pair (tokens without caching, tokens with it)",
        )
    items = items_of(call, answer, "two numbers")
    if len(items) != 2:
        raise CheckFailed(
            f"{call} returned {quantity(len(items), 'values')}, expected 2.",
            "a value for each turn is returned, not the sum over the turns",
            "add the turns up, and return the pair (tokens without caching, tokens with it)",
        )
    parts = "the tokens without caching", "the tokens with caching"
    first, second = (whole_number(call, item, part) for item, part in zip(items, parts))
    return first, second
