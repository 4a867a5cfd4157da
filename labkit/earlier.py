"""Exercises whose answers may call earlier ones: is an earlier function the reason for a failure?"""

import copy
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from labkit.call import name_of
from labkit.failure import CheckFailed, HiddenFailed

# By name of a function: arguments of a few visible examples, and the result that the visible test shows.
Examples = Mapping[str, Sequence[tuple[tuple[Any, ...], Any]]]


class BuiltOn:
    """`with BuiltOn(examples, lambda: (ridge_point, ...)):` adds to a failure the earlier function that is not right.

    To a hidden failure it adds all their names: functions that have seen hidden numbers could tell them by which of
    them is not right.

    earlier: returns the student's functions. It is called after a failure only, so an answer that calls none of them
        keeps its points even if their cells have never run.
    """

    def __init__(self, examples: Examples, earlier: Callable[[], Sequence[Callable[..., Any]]]) -> None:
        self.examples, self.earlier = examples, earlier

    def __enter__(self) -> "BuiltOn":
        return self

    def __exit__(self, kind: object, failure: BaseException | None, trace: object) -> None:
        if isinstance(failure, HiddenFailed):
            step = f"if this function calls your {self._all()}, check that first. {_sentence(failure.step)}"
            raise HiddenFailed(failure.what, failure.cause, step, failure.where) from None
        if not isinstance(failure, CheckFailed):
            return
        if failure.what.endswith("is not written yet."):
            return  # which function that is stands in the message
        name = self._not_right()
        if not name or failure.what.startswith(name):
            return
        cause = f"your {name} does not pass its own test yet, if this function calls it"
        raise CheckFailed(
            failure.what,
            f"{cause}. Otherwise: {failure.cause}" if failure.cause else cause,
            f"run the test of {name} first. {_sentence(failure.step)}",
            failure.where,
        ) from None

    def _all(self) -> str:
        """The earlier functions, in words, by their names in the test's own source and not by what they say."""
        code = getattr(self.earlier, "__code__", None)
        written = {*code.co_names, *code.co_freevars} if code else set()
        names = [name for name in self.examples if name in written] or list(self.examples)
        return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))

    def _not_right(self) -> str:
        """The name of the first earlier function that fails one of its examples, or ""."""
        try:
            functions = self.earlier()
        except NameError as error:
            return error.name or ""
        for function in functions:
            if not all(_passes(function, *example) for example in self.examples.get(name_of(function), ())):
                return name_of(function)
        return ""


def _sentence(step: str) -> str:
    """`step` with a capital letter; code at its start, such as block_ids[0], keeps its spelling."""
    first = step.split(" ", 1)[0].rstrip(",.:;")
    return step[:1].upper() + step[1:] if first.isalpha() else step


def _passes(function: Callable[..., Any], args: tuple[Any, ...], expected: Any) -> bool:
    given = copy.deepcopy(args)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = np.asarray(function(*given), dtype=float)
        tolerance = 0 if isinstance(expected, int) else 1e-4
        is_equal = found.shape == np.shape(expected) and np.allclose(found, expected, rtol=tolerance, atol=tolerance)
        return is_equal and all(np.array_equal(a, b) for a, b in zip(given, args))
    except Exception:  # of any kind: the test of that exercise explains it
        return False
