"""Exercise 3: what a wrong order says about how it was made."""

from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Why
from labkit.lab_08.arguments import PROVIDED, ReadOnlyExercise, block_ids

# block tables of the requests that have ended, blocks in use
PROBES: tuple[tuple[list[list[int]], list[int]], ...] = (
    ([[1, 2, 3], [4, 5]], []),
    ([[1, 2, 3], [4, 5], [1, 2, 6]], []),
    ([[1, 2, 3], [4, 5]], [1, 2]),
)
Order = tuple[int, ...]
DRAW = "draw the queue after each request, its head on the left"
LAST_FIRST = "ask which block of a request fewer other prompts can use: the first or the last"
REFRESH = "let a block that is freed again leave its old place first"
IN_USE = "ask whether a block that a request reads right now may be overwritten"
# What comes back for the three probes, when it is wrong; None: whatever it is.
WRONG: list[tuple[Order | None, Order | None, Order | None, Why]] = [
    (
        (1, 2, 3, 4, 5),
        (1, 2, 3, 4, 5, 6),
        None,
        ("the ids are sorted, or each block keeps its first place", DRAW),
    ),
    (
        (1, 2, 3, 4, 5),
        None,
        None,
        ("of one request the first block is evicted first", LAST_FIRST),
    ),
    (
        (5, 4, 3, 2, 1),
        None,
        None,
        ("the order of the requests is reversed: the most recently freed block is evicted first", DRAW),
    ),
    (
        (4, 5, 1, 2, 3),
        None,
        None,
        ("the queue is reversed: its head is the block that was freed last", DRAW),
    ),
    (
        (3, 2, 1, 5, 4),
        (3, 2, 1, 5, 4, 6),
        None,
        ("a block that was found again keeps its old place", REFRESH),
    ),
    (
        (3, 2, 1, 5, 4),
        (3, 2, 1, 5, 4, 6, 2, 1),
        None,
        ("a block that was freed twice stands in the queue twice", REFRESH),
    ),
    (
        (3, 2, 1, 5, 4),
        (3, 5, 4, 6),
        None,
        ("a block that was found again never comes back", "let it enter again when its request ends"),
    ),
    (
        (3, 2, 1, 5, 4),
        (3, 5, 4, 6, 2, 1),
        (3, 2, 1, 5, 4),
        ("`hits` has no effect: blocks that are in use stay in the queue", IN_USE),
    ),
    (
        (3, 2, 1, 5, 4),
        (3, 5, 4, 6, 2, 1),
        (3, 5, 4, 2, 1),
        ("blocks in use are put at the end of the queue, but nobody has freed them yet", IN_USE),
    ),
    (
        (3, 2, 1, 5, 4),
        (3, 5, 4, 6, 2, 1),
        (3, 5, 4, 1, 2),
        ("blocks in use are put at the end of the queue, but nobody has freed them yet", IN_USE),
    ),
    (
        (3, 2, 1, 5, 4),
        (3, 5, 4, 6, 2, 1),
        (5, 4),
        ("a request of which a block was found again loses all its blocks", "take out the blocks in use, no others"),
    ),
    (
        (3, 2, 1, 5, 4),
        (3, 5, 4, 6, 2, 1),
        (2, 1),
        ("the blocks in use are returned, and not the others", IN_USE),
    ),
    (
        (3, 2, 1),
        None,
        None,
        ("only the first request is looked at", "go through all of `freed`"),
    ),
    (
        (5, 4),
        None,
        None,
        ("only the last request is looked at", "go through all of `freed`"),
    ),
    (
        (3, 5, 2, 4, 1),
        None,
        None,
        ("the requests take turns, block by block", "free one request after the other"),
    ),
]
STILL_THERE = (
    "a block that is in use stands in the queue: only some of `hits` are taken out, or they enter again later",
    "take the blocks in use out at the end, when all tables have been freed",
)


@dataclass(frozen=True, kw_only=True)
class EvictionExercise(ReadOnlyExercise):
    """eviction_order."""

    def compared(self, call: Call, value: Any, expected: Any) -> str:
        return f"{call} returned {value}, expected {expected}."

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        found = self.fingerprint(call.check)
        if found is None:
            return self.otherwise
        for *wrong, why in WRONG:
            if all(row is None or list(row) == order for row, order in zip(wrong, found)):
                return why
        return STILL_THERE if set(value) & set(call.args[1]) else self.otherwise


EVICTION_ORDER = EvictionExercise(
    read=block_ids,
    provided=PROVIDED,
    probes=PROBES,
    otherwise=("blocks enter or leave the queue in another way than the rules say", DRAW),
    hidden=(
        "an example value is hard-coded, or a block that is freed three times, an empty table or a hit "
        "that was never freed is a special case",
        "try many requests that find the blocks of others",
    ),
)
