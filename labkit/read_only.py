"""Calls whose arguments are only read."""

import copy
from typing import Any

import numpy as np

from labkit.call import answer_of
from labkit.check import Call
from labkit.failure import CheckFailed


class ReadOnlyCall(Call):
    """A call that gets copies of its arguments and must leave them unchanged. A lab's own kind of call derives from it.

    copied: the types of arguments that a function could change.
    """

    copied: tuple[type, ...] = (list, set, np.ndarray)

    def answer(self) -> Any:
        given = [_copy(argument) if isinstance(argument, self.copied) else argument for argument in self.args]
        answer = answer_of(str(self), self.check.function, given, self.exercise.provided)
        for place, (before, after) in enumerate(zip(self.args, given)):
            if isinstance(before, self.copied) and not _are_equal(before, after):
                raise self.changed(place, before, after)
        return answer

    def changed(self, place: int, before: Any, after: Any) -> CheckFailed:
        """What to say of the argument at `place`, which the function has changed."""
        raise NotImplementedError


def _copy(argument: Any) -> Any:
    # The items of a set cannot change, and may be tuples that are nested too deeply for deepcopy.
    return set(argument) if isinstance(argument, set) else copy.deepcopy(argument)


def _are_equal(before: Any, after: Any) -> bool:
    return np.array_equal(before, after) if isinstance(before, np.ndarray) else bool(before == after)
