"""Exercises 1 and 2: what wrong counts of units say about how they were made."""

from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Exercise, Why
from labkit.kinds import whole_number

HIDDEN = ("an example value is hard-coded", "check that the result depends on both arguments, and try one new token")
READ_AGAIN = ("the prompt is read again at every step", "count the prompt once: its K and V are in the cache")

UNITS_WITHOUT_CACHE = Exercise(
    read=whole_number,
    unit="units",
    probes=((5, 10), (2, 3)),
    mistakes={
        (105, 12): ("every step also counts the token it is about to predict", "write down what the first step reads"),
        (110, 14): ("there is one step too many", "count the steps: one per new token"),
        (81, 5): ("the last step is missing", "count the steps: one per new token"),
        (45, 3): ("the prompt is forgotten, but every step reads it", "start the first step at prompt_len, not at 0"),
        (55, 6): ("the prompt is forgotten, but every step reads it", "start the first step at prompt_len, not at 1"),
        (50, 6): (
            "every step has the same length, as if the sequence never grew",
            "compare steps 1 and 2",
        ),
        (150, 15): ("every step has the final length", "ask what step 1 can already see"),
        (140, 12): (
            "every step has the length of the last one, or 0 + 1 + 2 + ... is not halved",
            "add 0 + 1 + 2 + 3 by hand",
        ),
        (105, 10): (
            "the sum of all integers up to prompt_len + new_tokens - 1: the steps start at prompt_len, not at 0",
            "write down the length of the first step",
        ),
        (60, 7): ("prompt_len and new_tokens are swapped", "name the two arguments in your formula"),
        (15, 5): ("this is the count with a cache", "without one, every step starts again from the first token"),
        (10, 3): ("only new tokens are counted", "count what goes into the network, not what comes out"),
    },
    otherwise=("the steps are not added up as the rule says", "draw the rows for 2 prompt and 3 new tokens"),
    hidden=HIDDEN,
)


@dataclass(frozen=True, kw_only=True)
class WithCacheExercise(Exercise):
    """With 0 new tokens a wrong value has a reason of its own."""

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        if call.args[1] == 0 and self.fingerprint(call.check) == (15, 0):
            return "with 0 new tokens the cache still holds the prompt", "count the prefill for every new_tokens"
        found = self.fingerprint(call.check)
        return self.mistakes.get(found and found[0], self.otherwise)


UNITS_WITH_CACHE = WithCacheExercise(
    read=whole_number,
    unit="units",
    probes=((5, 10), (5, 0)),
    mistakes={
        10: ("only the new tokens are counted", "add the prefill: the prompt has to pass once, too"),
        5: ("only the prompt is counted", "add the decode: each new token passes once, too"),
        14: (
            "the last token is not fed: engines do stop there, right after their last sample",
            "feed it, as our rule says: the next turn of a chat continues from a cache that holds it",
        ),
        16: ("one token passes twice", "list the passes: the prompt, then each new token once"),
        50: READ_AGAIN,
        55: READ_AGAIN,
        60: READ_AGAIN,
        95: ("this is the count without a cache", "with one, no token passes a second time"),
    },
    otherwise=("some token passes twice, or never", "list what passes for 2 prompt and 3 new tokens"),
    hidden=HIDDEN,
)
