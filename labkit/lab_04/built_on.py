"""Exercises that may call earlier ones: is an earlier function the reason for a failure?"""

import contextlib
from collections.abc import Callable

from labkit.call import name_of
from labkit.check import check
from labkit.failure import CheckFailed
from labkit.lab_04.card_and_workload import ARITHMETIC_INTENSITY, RIDGE_POINT
from labkit.lab_04.decode_step import DECODE_STEP

# A few of the visible examples of each function: its exercise, arguments, value.
EXAMPLES = {
    "ridge_point": (RIDGE_POINT, [((312e12, 2.0e12), 156), ((121e12, 0.300e12), 403.33333)]),
    "arithmetic_intensity": (ARITHMETIC_INTENSITY, [((20, 4), 10), ((7, 4), 3.5)]),
    "decode_step_seconds": (DECODE_STEP, [((4, 10, 96, 4, 64, 4), 88), ((64, 1, 96, 4, 64, 4), 256)]),
}


class BuiltOn:
    """`with BuiltOn(lambda: (ridge_point, ...)):` adds to a failure the earlier function that is not right yet.

    earlier: returns the functions. It is called after a failure only, so an answer that calls none of them keeps its
    points even if their cells have never run.
    """

    def __init__(self, earlier: Callable[[], tuple[Callable, ...]]) -> None:
        self.earlier = earlier

    def __enter__(self) -> "BuiltOn":
        return self

    def __exit__(self, kind: object, failure: BaseException | None, trace: object) -> None:
        name = self._not_right() if isinstance(failure, CheckFailed) else ""
        if not name or failure.what.startswith(name):
            return
        cause = f"your {name} does not pass its own test yet, if this function calls it"
        raise CheckFailed(
            failure.what,
            f"{cause}. Otherwise: {failure.cause}" if failure.cause else cause,
            f"run the test of {name} first. {failure.step[:1].upper()}{failure.step[1:]}",
            failure.where,
        ) from None

    def _not_right(self) -> str:
        """The name of the first earlier function that fails one of its examples, or ""."""
        try:
            functions = self.earlier()
        except NameError as error:
            return error.name or ""
        for function in functions:
            exercise, examples = EXAMPLES.get(name_of(function), (None, []))
            for args, expected in examples:
                with contextlib.suppress(CheckFailed):
                    check(function, exercise)(*args).should_be(expected)
                    continue
                return name_of(function)
        return ""
