"""Exercise 2: what wrong numbers of cached tokens say about how they were made."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.check import Check, Why
from labkit.failure import CheckFailed
from labkit.kinds import whole_number
from labkit.lab_08.arguments import PROVIDED, ListOrSetCall, ReadOnlyExercise
from labkit.lab_08.known import Known

LONG = list(range(1, 15))
# prompt, known prompts, their missing block, block size
PROBES: tuple[tuple[list[int], tuple[list[int], ...], int, int], ...] = (
    (LONG, (LONG[:9],), 0, 4),
    (LONG, (LONG,), 2, 4),
    (LONG, (LONG,), 0, 5),
    (LONG[:12], (LONG,), 0, 4),
    (LONG[:4], (LONG,), 0, 4),
    (LONG[4:], (LONG,), 0, 4),
    (LONG, (), 0, 4),
)
GAP = "ask what a block is worth if the one before it has to be computed anyway"
LAST = "ask from which hidden state the first new token is sampled, if all of the prompt is cached"
SHARED = "ask in which block the last token's K and V would be written, and who else reads that block"
UNITS = "give each quantity in your code its unit: blocks, tokens"
MISS = "count before the miss, not after it"
CHAIN_END = "write down which blocks are known, and which of them holds the last token"
WHOLE: Why = (
    "all full blocks may be found, len(token_ids) // block_size of them, so a prompt that is cached whole leaves no "
    "token to compute",
    LAST,
)
PARTIAL: Why = (
    "the last, partly filled block is hashed or counted, too; the cache holds full blocks only",
    "ask what is known of the last 4 of 14 tokens if blocks have 5",
)
BEHIND: Why = ("known blocks behind a missing one are counted", GAP)
LAST_KNOWN: Why = ("the last known block decides, whatever is missing before it", GAP)
MISS_TOO: Why = ("the first missing block is counted as well", MISS)


class CachedCall(ListOrSetCall):
    """num_cached_tokens(token_ids, known_hashes, block_size), with a Known for known_hashes."""

    def answer(self) -> Any:
        token_ids, known, block_size = self.args
        call = ListOrSetCall(self.check, (token_ids, known.hashes(block_size), block_size), {})
        call.text = str(self)
        return call.answer()


@dataclass(frozen=True, kw_only=True)
class CachedExercise(ReadOnlyExercise):
    """num_cached_tokens."""

    def new_call(self, check: Check, args: Sequence[Any], named: Mapping[str, Any]) -> CachedCall:
        return CachedCall(check, args, named)

    def show(self, argument: Any) -> str:
        return str(argument) if isinstance(argument, Known) else super().show(argument)

    def explain(self, call: Any, value: Any, expected: Any) -> Why:
        block_hashes = call.args[1].block_hashes
        found = []
        with contextlib.suppress(CheckFailed):
            for prompt, prompts, missing, block_size in PROBES:
                found.append(call.check(prompt, Known(block_hashes, prompts, missing), block_size).value())
        return self.mistakes.get(tuple(found), self.otherwise)


CACHED_TOKENS = CachedExercise(
    read=whole_number,
    unit="tokens",
    provided=PROVIDED,
    mistakes={
        (8, 4, 10, 12, 4, 0, 0): WHOLE,
        (8, 4, 10, 11, 3, 0, 0): (
            "only the last token is left to compute, but a block is shared as a whole or not at all",
            SHARED,
        ),
        (8, 4, 15, 12, 4, 0, 0): PARTIAL,
        (8, 4, 14, 12, 4, 0, 0): PARTIAL,
        (8, 4, 13, 11, 3, 0, 0): PARTIAL,
        (2, 1, 2, 2, 0, 0, 0): ("blocks are counted, not tokens", UNITS),
        (2, 1, 2, 3, 1, 0, 0): (
            "blocks are counted, not tokens, and a prompt that is cached whole counts whole",
            UNITS,
        ),
        (8, 8, 10, 8, 0, 0, 0): BEHIND,
        (8, 8, 10, 12, 4, 0, 0): BEHIND,
        (8, 12, 10, 8, 0, 0, 0): LAST_KNOWN,
        (8, 12, 10, 12, 4, 0, 0): LAST_KNOWN,
        (12, 8, 10, 8, 0, 4, 4): MISS_TOO,
        (12, 8, 10, 12, 4, 4, 4): MISS_TOO,
        (12, 8, 15, 12, 4, 4, 4): MISS_TOO,
        (12, 8, 15, 16, 8, 4, 4): MISS_TOO,
        (12, 12, 10, 8, 0, 8, 12): ("known_hashes has no effect", "look every hash up before you count its block"),
        (8, 4, 5, 8, 0, 0, 0): ("the last full block is never shared, even if tokens follow it", CHAIN_END),
        (4, 0, 5, 4, 0, 0, 0): ("the last known block is left out", CHAIN_END),
        (4, 0, 5, 8, 0, 0, 0): ("the last known block is left out", CHAIN_END),
        (8, 4, 8, 8, 0, 0, 0): ("block_size is fixed at 4, whatever was passed", "use the argument"),
        (8, 4, 0, 8, 0, 0, 0): ("block_size is fixed at 4, whatever was passed", "use the argument"),
        (32, 16, 32, 32, 0, 0, 0): ("block_size is fixed at 16, whatever was passed", "use the argument"),
        (6, 10, 4, 4, 4, 10, 14): (
            "the tokens left to compute are returned",
            "return the tokens that are cached",
        ),
        (0, 12, 10, 8, 0, 0, 0): (
            "only the last hash of the prompt is looked up",
            "start at the first block, and stop at the first miss",
        ),
        (0, 0, 10, 8, 0, 0, 0): (
            "a prompt counts only if it is cached whole",
            "start at the first block, and stop at the first miss",
        ),
        (4, 4, 5, 4, 0, 0, 0): (
            "each block is hashed by itself, so only the first is found",
            "call block_hashes once, on the prompt from its start",
        ),
        (0, 0, 0, 0, 0, 0, 0): (
            "nothing is ever found: what is looked up is not what block_hashes returns",
            "print what you look up, and where",
        ),
        (7, 3, 9, 7, 0, 0, 0): (
            "a token is subtracted from what was found, so a part of a block is shared",
            "limit the number of blocks instead",
        ),
    },
    otherwise=(
        "the chain of known blocks is measured in another way",
        "write down, for the failing call, which blocks are known, and where the first miss is",
    ),
    hidden=(
        "an example value is hard-coded, or a prompt without full blocks, blocks of one token or several known prompts "
        "are a special case",
        "try prompts of one token, other block sizes, and the hashes of two prompts together",
    ),
)
