"""Calls that take lists, and what is checked of each: the lists come back unchanged."""

import copy
from typing import Any

from labkit.call import answer_of
from labkit.check import Call
from labkit.failure import CheckFailed, shortened

PROVIDED: frozenset[str] = frozenset()  # no answer of this lab needs anything of the engine


class ListCall(Call):
    """A call whose lists must come back as they were."""

    def answer(self) -> Any:
        given = copy.deepcopy(self.args)
        answer = answer_of(str(self), self.check.function, given, self.exercise.provided)
        for before, after in zip(self.args, given):
            if isinstance(before, list) and before != after:
                raise CheckFailed(
                    f"{self} changed a list in place: {shortened(before)} became {shortened(after)}.",
                    "a method such as pop, sort, remove or append, or an assignment into the list",
                    "work on a copy, which `list(...)` makes, or keep a number of your own instead",
                )
        return answer
