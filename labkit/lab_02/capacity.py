"""Exercises 4 and 5: what wrong numbers of users say about how they were made."""

from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Why
from labkit.lab_02.exercise import CountExercise
from labkit.lab_02.units import GIB, MIB

ROUND_DOWN = "round down: a part of a user's cache is useless"
SUBTRACT_FIRST = ("card and weights are divided and rounded separately", "subtract first, divide once")
JUST_FITS = ("a sequence that just fits is rejected", "compare the free bytes with one sequence: equal is enough")
UPSIDE_DOWN = "print the free bytes first, then how many sequences they hold"


@dataclass(frozen=True, kw_only=True)
class CapacityExercise(CountExercise):
    """Division in floating point shows in one call only, with numbers beyond 53 bits."""

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        if call.args[0] > 2**53 and value == expected + 1:
            return "floats are divided: they hold 53 bits and round", "stay with ints: `//` is exact"
        return super().explain(call, value, expected)


USERS = CapacityExercise(
    unit="users",
    probes=((1000, 350, 90), (1070, 300, 90), (24 * GIB, 16 * GIB, 256 * MIB)),
    mistakes={
        (7, 8, 32): ("numpy's integers get another answer", "do not test for int: any whole number is valid"),
        (8, 9, 32): ("the result is rounded up", ROUND_DOWN),
        (7, 9, 32): ("the result is rounded to the nearest whole number", ROUND_DOWN),
        (8, 8, 32): SUBTRACT_FIRST,
        (7, 7, 32): SUBTRACT_FIRST,
        (20, 50, 0): (
            "this is the remainder: the bytes that stay free",
            "ask how many sequences the free bytes hold",
        ),
        (8, 9, 33): ("one user too many is counted", "draw the caches side by side for small numbers"),
        (6, 7, 31): ("one user is missing", "count as many as fit, to the last byte"),
        (7, 8, 31): JUST_FITS,
        (11, 11, 96): ("the weights are ignored", "subtract them before anyone comes"),
        (2, 2, 1): (
            "every user pays for the weights, but all users share one copy",
            "subtract the weights once, then divide",
        ),
        (15, 15, 160): ("the weights are added to the card", "subtract them"),
        (0, 0, 0): ("a subtraction or a division is upside down, or the result is always 0", UPSIDE_DOWN),
        (-8, -9, -32): (
            "the subtraction is upside down: the card is subtracted from the weights",
            "subtract the weights from the card",
        ),
        (6, 7, 22): (
            "a tenth of the card is held back",
            "use all the bytes that are passed in: the caller decides what the card has left",
        ),
        (14, 16, 64): ("twice as many are counted, as if K and V were shared out", "sequence_bytes holds both"),
        (650, 770, 8_589_934_592): (
            "the free bytes are returned, not divided",
            "ask how many sequences they hold",
        ),
        (3, 3, 64): ("the weights are divided, not what they leave free", "subtract first"),
        (-339, -289, -17_179_869_088): (
            "the weights are subtracted from a number of users",
            "subtract bytes from bytes, then divide",
        ),
    },
    edges={
        (100, 10, 90): JUST_FITS,
        (100, 300, 10): (
            "the weights do not fit, and the result is not 0",
            "print the free bytes, and ask what a negative number means for the users",
        ),
        (2**60 - 1, 0, 2**58): ("the result is hard-coded", "look for numbers in your code"),
    },
    refuses_too_much=(
        "the check refuses too much: weights that do not fit give 0, and numpy's integers are valid",
        "raise the ValueError only for a sequence_bytes of 0 or less",
    ),
    otherwise=(
        "the free bytes are not divided among the sequences",
        "draw 1,000 bytes as a bar: weights, then sequences",
    ),
    hidden=(
        "an example value is hard-coded, the result is limited, floats are divided, or a type is tested for",
        "check that the result depends on all three arguments, and use `//`",
    ),
)
