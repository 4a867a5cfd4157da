"""Calls that take lists, and what is checked of each: the lists come back unchanged."""

from typing import Any

from labkit.failure import CheckFailed, shortened
from labkit.read_only import ReadOnlyCall

PROVIDED: frozenset[str] = frozenset()  # no answer of this lab needs anything of the engine


class ListCall(ReadOnlyCall):
    """A call whose lists must come back as they were."""

    def changed(self, place: int, before: Any, after: Any) -> CheckFailed:
        return CheckFailed(
            f"{self} changed a list in place: {shortened(before)} became {shortened(after)}.",
            "a method such as pop, sort, remove or append, or an assignment into the list",
            "work on a copy, which `list(...)` makes, or keep a number of your own instead",
        )
