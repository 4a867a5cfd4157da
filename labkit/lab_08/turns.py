"""Exercise 4: what wrong numbers of computed tokens say about how they were made."""

from dataclasses import dataclass
from typing import Any

from labkit.call import AnswerRaised
from labkit.check import Call, Why
from labkit.failure import CheckFailed
from labkit.lab_08.arguments import PROVIDED, ReadOnlyExercise, two_numbers

# prompt lengths, block size, tokens of an answer
PROBES = (
    ([100, 200, 300, 400, 500], 16),
    ([64, 64], 16),
    ([100, 200], 16, 29),
    ([100, 200], 16, 28),
    ([10, 20, 30], 4),
)
FULL_BLOCKS = "ask how many full blocks a turn of 100 tokens leaves in the cache"
RETRY = "ask what Exercise 2 says of a prompt that is cached whole"
ANSWERS = "ask which tokens the cache holds when a turn ends: the prompt's, and which of the answer's?"
SECOND_TURN = "compute the second turn of the first example by hand"
# The second number of each probe, when it is wrong -> likely cause, next step.
WRONG: dict[tuple[int, ...], Why] = {
    (500, 64, 172, 173, 30): ("the cache is counted in tokens, but only full blocks can be found", FULL_BLOCKS),
    (500, 65, 172, 173, 30): ("the cache is counted in tokens, but only full blocks can be found", FULL_BLOCKS),
    (500, 64, 200, 200, 30): ("the cache is counted in tokens, but only full blocks can be found", FULL_BLOCKS),
    (500, 65, 200, 200, 30): ("the cache is counted in tokens, but only full blocks can be found", FULL_BLOCKS),
    (476, 64, 172, 172, 28): ("a partly filled block is counted as cached", FULL_BLOCKS),
    (476, 80, 172, 172, 28): ("a partly filled block is counted as cached", FULL_BLOCKS),
    (476, 80, 188, 188, 28): ("a partly filled block is counted as cached", FULL_BLOCKS),
    (476, 64, 188, 188, 28): ("a partly filled block is counted as cached", FULL_BLOCKS),
    (524, 64, 172, 188, 32): ("a prompt that is sent again leaves nothing to compute", RETRY),
    (524, 65, 172, 188, 32): ("a prompt that is sent again leaves one token to compute", RETRY),
    (524, 80, 204, 204, 32): ("the answers are forgotten: their blocks are cached, too", ANSWERS),
    (524, 64, 204, 204, 32): ("the answers are forgotten: their blocks are cached, too", ANSWERS),
    (524, 80, 172, 172, 32): (
        "the last token of an answer counts as cached, but no step has computed its K and V",
        ANSWERS,
    ),
    (524, 64, 172, 172, 32): (
        "the last token of an answer counts as cached, but no step has computed its K and V",
        ANSWERS,
    ),
    (424, 16, 72, 88, 22): ("the first turn is missing: it finds an empty cache", "start with the first prompt"),
    (976, 48, 128, 112, 28): ("the cached tokens are returned, not the computed ones", "subtract them from the prompt"),
    (1116, 80, 172, 188, 44): (
        "only the first turn's blocks are found, but every turn adds its own",
        "let each turn find the blocks of the turn before it",
    ),
    (524, 80, 172, 188, 44): ("block_size is fixed at 16, whatever was passed", "use the argument"),
    (1500, 128, 300, 300, 60): ("nothing is ever found in the cache", SECOND_TURN),
    (512, 64, 200, 200, 32): ("the new tokens are rounded up to blocks, not the cached ones down", FULL_BLOCKS),
    (548, 64, 212, 212, 34): ("the new tokens are rounded up to blocks, not the cached ones down", FULL_BLOCKS),
    (44, 32, 12, 12, 8): (
        "a turn finds full blocks of its own prompt, but nobody has computed these before",
        "a turn finds what the turn BEFORE it has left",
    ),
    (140, 80, 108, 108, 16): (
        "a turn finds full blocks of its own prompt, but nobody has computed these before",
        "a turn finds what the turn BEFORE it has left",
    ),
    (529, 82, 230, 244, 35): (
        "the answers' tokens are added to the prompts' tokens, but no prompt is computed for them",
        "count the tokens of the prompts only",
    ),
    (100, 16, 72, 88, 10): ("only the last turn is counted", "add the turns up"),
    (476, 80, 172, 188, 16): ("the default of answer_len is no longer 1", "restore `answer_len=1`"),
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
        text = str(failure.error)
        if "positional argument" in text and call.check.name in text:
            return CheckFailed(
                failure.what,
                "the line with `def` was changed",
                "restore its three arguments, and the default of answer_len",
                failure.where,
            )
        if isinstance(failure.error, IndexError) and not call.args[0]:
            return CheckFailed(
                failure.what, "a chat without turns has no first prompt", "start both sums at 0", failure.where
            )
        return failure


TOKENS_COMPUTED = TurnsExercise(
    read=two_numbers,
    provided=PROVIDED,
    probes=PROBES,
    otherwise=("the turns find other blocks than the turn before them has left", SECOND_TURN),
    hidden=(
        "an example value is hard-coded, or a block of one token, an answer longer than the next question or a prompt "
        "that is sent three times is a special case",
        "try blocks of one token, long answers, and the same prompt three times",
    ),
)
