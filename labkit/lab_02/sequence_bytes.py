"""Exercise 2: what wrong bytes of a sequence say about how they were made."""

from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Why
from labkit.lab_02.exercise import CountExercise
from labkit.lab_02.token_bytes import MISTAKES, PROBES


@dataclass(frozen=True, kw_only=True)
class SequenceExercise(CountExercise):
    """A wrong formula for one token, times the right length, gets that formula's message."""

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        found = self.fingerprint(call.check) or ()
        lengths = [probe_args[1] for probe_args in self.probes]
        per_token = tuple(total / length for total, length in zip(found, lengths))
        if found not in self.mistakes and per_token in MISTAKES:
            cause, step = MISTAKES[per_token]
            return f"the length is right, but the bytes of one token are not: {cause}", step
        return super().explain(call, value, expected)


SUM_OF_STEPS = (
    "the caches of all steps are added up, as if each step kept a cache of its own",
    "count the cache after the last step only: it holds every token",
)
UNCHANGED = "multiply by seq_len without changing it"

SEQUENCE = SequenceExercise(
    unit="bytes",
    probes=tuple((config, length, size) for (config, size), length in zip(PROBES, (10, 10, 2_048))),
    mistakes={
        (96, 192, 131_072): ("the length is missing: this is one token", "ask what two tokens take"),
        (1920, 1920, 268_435_456): (
            "bytes_per_element does not reach the bytes of a token, so its default is used",
            "pass it on",
        ),
        (960, 960, 134_217_728): (
            "bytes_per_element is ignored, or seq_len is passed in its place",
            "check the order and the number of the arguments that you pass on",
        ),
        (960, 3840, 536_870_912): ("bytes_per_element is applied twice", "one token's bytes contain it already"),
        (864, 1728, 268_304_384): ("the last token is missing", UNCHANGED),
        (1056, 2112, 268_566_528): ("one token too many is counted", UNCHANGED),
        (1536, 3072, 268_435_456): (
            "the length is rounded up to whole blocks of 16 tokens, as an engine does",
            "count single tokens here; blocks come in the last exercise",
        ),
        (1920, 3840, 536_870_912): ("a factor 2 is applied once more", "one token's bytes contain K and V already"),
        (3840, 7680, 1_073_741_824): ("max_position_embeddings is used instead of seq_len", "multiply by seq_len"),
        (9600, 19_200, 549_755_813_888): (
            "the length is multiplied in twice",
            "each token adds the same number of bytes",
        ),
        (5280, 10_560, 275_012_124_672): SUM_OF_STEPS,
        (4320, 8640, 274_743_689_216): SUM_OF_STEPS,
        (106, 202, 133_120): ("the length is added", "ask what two tokens take"),
        (0, 1, 262_144): ("the result is in KiB", "return bytes"),
        (0, 0, 256): ("the result is in MiB", "return bytes"),
    },
    edges={
        (10,): ("the default of bytes_per_element is no longer 2", "restore `bytes_per_element=2`"),
        (0,): ("an empty sequence still takes memory", UNCHANGED),
        (41,): ("the length is cut, rounded or fixed", UNCHANGED),
    },
    otherwise=("the bytes of one token are wrong, or are not counted once per token", "try 1 and 2 tokens"),
    hidden=(
        "an example value is hard-coded here or in what this calls, or an integer type is too small",
        "check that the result depends on all three arguments, and use Python's own ints",
    ),
)
