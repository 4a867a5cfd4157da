"""Exercise 4: what wrong numbers of computed tokens say about how they were made."""

from dataclasses import dataclass
from typing import Any

from labkit.call import AnswerRaised
from labkit.check import Call, Why
from labkit.failure import CheckFailed
from labkit.lab_08.arguments import PROVIDED, ReadOnlyExercise, two_numbers

# prompt lengths, block size
PROBES = (
    ([100, 200, 300, 400, 500], 16),
    ([64, 64], 16),
    ([10, 20, 30], 4),
    ([33, 33, 33], 16),
)
FULL_BLOCKS = "ask how many full blocks a turn of 100 tokens leaves in the cache"
RETRY = "ask what Exercise 2 says of a prompt that is cached whole"
SECOND_TURN = "compute the second turn of the first example by hand"
TURN_BEFORE = "a turn finds what the turn BEFORE it has left"
AGAIN_NOTHING: Why = ("a prompt that is sent again leaves nothing to compute", RETRY)
AGAIN_ONE: Why = ("a prompt that is sent again leaves one token to compute", RETRY)
UNITS = "give each quantity in your code its unit: blocks, tokens"
IN_TOKENS: Why = ("the cache is counted in tokens, but only full blocks can be found", FULL_BLOCKS)
PARTLY_FILLED: Why = ("a partly filled block is counted as cached", FULL_BLOCKS)
BLOCKS_FOR_TOKENS: Why = ("blocks are subtracted from tokens", UNITS)
ROUNDED_DOWN: Why = ("the new tokens are rounded down to blocks, not the cached ones", FULL_BLOCKS)
OWN_PROMPT: Why = ("a turn finds full blocks of its own prompt, but nobody has computed these before", TURN_BEFORE)
# The second number of each probe, when it is wrong -> likely cause, next step.
WRONG: dict[tuple[int, ...], Why] = {
    (500, 65, 30, 35): IN_TOKENS,
    (500, 64, 30, 33): IN_TOKENS,
    (1439, 125, 53, 95): BLOCKS_FOR_TOKENS,
    (1439, 124, 53, 95): BLOCKS_FOR_TOKENS,
    (476, 80, 28, 35): PARTLY_FILLED,
    (476, 65, 28, 35): PARTLY_FILLED,
    (476, 64, 28, 33): PARTLY_FILLED,
    (476, 64, 28, 3): PARTLY_FILLED,
    (524, 64, 32, 35): AGAIN_NOTHING,
    (524, 64, 32, 33): AGAIN_NOTHING,
    (524, 65, 32, 35): AGAIN_ONE,
    (428, 32, 24, 3): ("the first turn finds blocks, but the cache is empty when it comes", "start with no blocks"),
    (528, 65, 34, 37): (
        "a token is subtracted from what was found, so a part of a block is shared",
        "ask for which turns the last token makes a difference, and how many tokens are then computed",
    ),
    (588, 80, 40, 67): ("the last full block is never found, even if tokens follow it", RETRY),
    (540, 80, 36, 35): (
        "the last token of the prompt BEFORE is left out, but its K and V have been computed",
        "ask which prompt's last token has to be computed again",
    ),
    (1500, 128, 60, 99): ("each turn is treated as a new chat, which finds nothing", SECOND_TURN),
    (424, 16, 22, 2): ("the first turn is missing: it finds an empty cache", "start with the first prompt"),
    (976, 48, 28, 64): ("the cached tokens are returned, not the computed ones", "subtract them from the prompt"),
    (1116, 80, 44, 35): (
        "only the first turn's blocks are found, but every turn adds its own",
        "let each turn find the blocks of the turn before it",
    ),
    (236, 80, 24, 35): (
        "the prompts before are added up, but each of them begins with the one before it",
        TURN_BEFORE,
    ),
    (524, 80, 44, 35): ("block_size is fixed at 16, whatever was passed", "use the argument"),
    (484, 64, 26, 33): ROUNDED_DOWN,
    (480, 64, 24, 32): ROUNDED_DOWN,
    (548, 64, 34, 33): ("the new tokens are rounded up to blocks, not the cached ones down", FULL_BLOCKS),
    (44, 32, 8, 3): OWN_PROMPT,
    (140, 80, 16, 35): OWN_PROMPT,
    (529, 82, 35, 38): (
        "the answers' tokens are added to the prompts' tokens, but no prompt is computed for them",
        "count the tokens of the prompts only",
    ),
    (100, 16, 10, 1): ("only the last turn is counted", "add the turns up"),
}


@dataclass(frozen=True, kw_only=True)
class TurnsExercise(ReadOnlyExercise):
    """tokens_computed."""

    def compared(self, call: Call, value: Any, expected: Any) -> str:
        pairs = (f"({pair[0]:,}, {pair[1]:,})" for pair in (value, expected))
        return "{} returned {} tokens, expected {}.".format(call, *pairs)

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        if value == expected[::-1]:
            return "the two counts are swapped", "the tokens computed without caching come first"
        if value[0] != expected[0]:
            return (
                "without caching, every turn computes its whole prompt",
                "add up the prompts for the first of the two numbers",
            )
        found = self.fingerprint(call.check)
        return self.otherwise if found is None else WRONG.get(tuple(pair[1] for pair in found), self.otherwise)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        if isinstance(failure.error, IndexError) and not call.args[0]:
            return CheckFailed(
                failure.what, "a chat without turns has no first prompt", "start both sums at 0", failure.where
            )
        return super().raised(call, failure)


TOKENS_COMPUTED = TurnsExercise(
    read=two_numbers,
    provided=PROVIDED,
    probes=PROBES,
    otherwise=(
        "the turns find other blocks than the turn before them has left",
        "compute the turns of this call by hand, one after the other",
    ),
    hidden=(
        "an example value is hard-coded, or a block of one token, a prompt shorter than a block or one that is sent "
        "three times is a special case",
        "try blocks of one token, short prompts, and the same prompt three times",
    ),
)
