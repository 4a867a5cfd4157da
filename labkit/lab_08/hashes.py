"""Exercise 1: hashes of blocks, of which only the equality counts."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.call import AnswerRaised
from labkit.check import Check, Why, quantity
from labkit.failure import CheckFailed, a_type, shortened
from labkit.lab_08.arguments import PROVIDED, ListOrSetCall, ReadOnlyExercise, items_of
from labkit.lab_08.hash_mistakes import ERRORS, RANDOM, why_equal, why_not_equal, why_so_many

PLAIN = (int, float, str, bytes, np.generic)


def hash_list(call: str, answer: Any) -> list[Hashable]:
    """`answer` as a list of hashable plain values."""
    items = items_of(call, answer, "hashes")
    for item in items:
        try:
            hash(item)
        except TypeError:
            raise CheckFailed(
                f"{call} returned a list with {a_type(item)} in it, {shortened(item)}, which has no hash.",
                "a cache looks hashes up in a set or a dict, and a list, a set or an array can change after that",
                "tuple(...) makes a hashable value of a list",
            ) from None
        if not _is_plain(item):
            raise CheckFailed(
                f"{call} returned a list with {a_type(item)} in it, {shortened(item)}.",
                "a hash is of another kind than the ones that the docstring names",
                "return numbers, strings, bytes, or tuples of these",
            )
    return items


def _is_plain(item: Any) -> bool:
    if isinstance(item, (tuple, frozenset)):
        return all(map(_is_plain, item))
    return item is None or isinstance(item, PLAIN)


class HashesCall(ListOrSetCall):
    """One call of block_hashes(token_ids, block_size)."""

    @property
    def token_ids(self) -> list[int]:
        """The prompt."""
        ids: list[int] = self.args[0]
        return ids

    def should_have(self, count: int) -> None:
        """Raises: CheckFailed unless `count` hashes come back."""
        found = len(self.value())
        if found != count:
            raise CheckFailed(
                f"{self} returned {quantity(found, 'hashes' if found != 1 else 'hash')}, expected {count}.",
                *why_so_many(found, count, len(self.token_ids), self.args[1]),
            )

    def should_share(self, count: int, other: Sequence[int]) -> None:
        """Raises: CheckFailed unless the first `count` hashes are those of the prompt `other`, and no others are."""
        size = self.args[1]
        twin = HashesCall(self.check, [list(other), size], {})
        mine, theirs = self.value(), twin.value()
        if mine != self.value():
            raise CheckFailed(f"{self} returned other hashes when it was called again.", *RANDOM)
        for place in range(count):
            if mine[place : place + 1] != theirs[place : place + 1]:
                raise CheckFailed(
                    f"{self} and {twin} begin with the same {quantity((place + 1) * size, 'tokens')}, "
                    f"but their hashes of block {place + 1} differ.",
                    *why_not_equal(self.token_ids == twin.token_ids),
                )
        seen: dict[Hashable, int] = {}
        for i, own in enumerate(mine):
            j = seen.setdefault(own, i)
            if j < i:
                cause = why_equal(self.token_ids, self.token_ids, j, i, size)
                raise CheckFailed(f"{self} gave blocks {j + 1} and {i + 1} the same hash.", *cause)
        for i, own in enumerate(mine):
            for j, others in enumerate(theirs):
                if own == others and not (i == j and i < count):
                    raise CheckFailed(
                        f"Block {i + 1} of {self} and block {j + 1} of {twin} got the same hash, "
                        "but they stand behind different tokens, or hold different ones.",
                        *why_equal(self.token_ids, twin.token_ids, i, j, size),
                    )


@dataclass(frozen=True, kw_only=True)
class HashesExercise(ReadOnlyExercise):
    """block_hashes."""

    def new_call(self, check: Check, args: Sequence[Any], named: Mapping[str, Any]) -> HashesCall:
        values = [*args, *named.values()]
        return HashesCall(check, [list(values[0]), *values[1:]], {})

    def raised(self, call: Any, failure: AnswerRaised) -> CheckFailed:
        why: Why | None = next((why for part, why in ERRORS.items() if part in str(failure.error)), None)
        return failure if why is None else CheckFailed(failure.what, *why, failure.where)


BLOCK_HASHES = HashesExercise(
    read=hash_list,
    provided=PROVIDED,
    otherwise=("", ""),
    hidden=(
        "an example value is hard-coded, or different beginnings can get the same hash: a sum, a few of the tokens, "
        "or a number that is cut short",
        "try longer prompts with large token ids that differ in one token, or in the order of two",
    ),
)
