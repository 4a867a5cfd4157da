"""Exercises 1 and 2: what wrong counts, and wrong answers to "is a token sampled?", say about how they were made."""

from dataclasses import dataclass

from labkit.check import Call, Check, Exercise, Why
from labkit.kinds import whole_number, yes_or_no

PROVIDED = frozenset({"mini_vllm.sampling_params"})  # what an answer may call of the engine

BUDGET: Why = ("the budget is ignored", "ask what a step may compute at most")
FIXED: Why = ("the budget is fixed at 16", "use the argument")
WHOLE: Why = (
    "the whole sequence is computed again at every step",
    "subtract what is in the cache already",
)
NEXT_TOKEN: Why = (
    "the token that the step will sample is counted as well",
    "a token is computed one step after it was sampled",
)
LAST_TOKEN: Why = ("the last known token is left out", "it must be computed: the next token is sampled from its logits")
NO_CHUNKS: Why = (
    "a prompt that exceeds the budget is not begun",
    "compute a part of it: the rest follows in the next steps (chunked prefill)",
)
AT_LEAST_ONE: Why = ("at least one token is computed, even if nothing is left or the budget is used up", "allow 0")
SWITCH: Why = (
    "there is a switch between prefill and decode: once something is computed, one token a step",
    "the rule is the same for a chunk and for a decode",
)

# (num_tokens, num_computed_tokens, budget)
NUM_TOKENS_TO_COMPUTE = Exercise(
    read=whole_number,
    unit="tokens",
    provided=PROVIDED,
    probes=((100, 0, 16), (100, 96, 16), (101, 100, 16), (70, 0, 2048), (20, 20, 16), (100, 40, 0), (18, 20, 16)),
    mistakes={
        (16, 4, 1, 16, 0, 16, 0): FIXED,
        (16, 4, 1, 16, 0, 16, -2): FIXED,
        (100, 4, 1, 70, 0, 60, -2): BUDGET,
        (100, 4, 1, 70, 0, 60, 0): BUDGET,
        (16, 16, 16, 70, 16, 0, 16): WHOLE,
        (100, 100, 101, 70, 20, 100, 18): ("all known tokens are computed at every step", WHOLE[1]),
        (16, 4, 1, 70, 0, 0, -2): ("a negative number of tokens", "ask what is left to compute if nothing is missing"),
        (16, 4, 1, 70, 0, 0, 2): ("the gap has lost its sign", "if more is computed than known, nothing is left"),
        (16, 16, 16, 2048, 16, 0, 16): ("the whole budget is used, whatever is left", "compute no more than the gap"),
        (100, 16, 16, 2048, 16, 60, 16): ("the larger of gap and budget, not the smaller", "ask which of them limits"),
        (16, 5, 2, 71, 1, 0, -1): NEXT_TOKEN,
        (16, 5, 2, 71, 1, 0, 0): NEXT_TOKEN,
        (16, 3, 0, 69, -1, 0, -3): LAST_TOKEN,
        (16, 3, 0, 69, 0, 0, 0): LAST_TOKEN,
        (84, 0, 0, 0, 0, 60, 0): ("this is what is left after the step", "return what the step computes"),
        (84, 0, 0, 0, 0, 60, -2): ("this is what is left after the step", "return what the step computes"),
        (16, 100, 101, 70, 20, 40, 18): ("this is where the step ends, not how much it computes", "subtract its start"),
        (16, 1, 1, 70, 1, 1, 1): SWITCH,
        (16, 1, 1, 70, 1, 0, 1): SWITCH,
        (16, 4, 1, 70, 1, 1, 1): AT_LEAST_ONE,
        (16, 4, 1, 70, 1, 0, 1): AT_LEAST_ONE,
        (0, 4, 1, 70, 0, 0, 0): NO_CHUNKS,
        (0, 4, 1, 70, 0, 0, -2): NO_CHUNKS,
        (-100, -4, -1, -70, 0, -60, 2): ("the two counters are swapped", "what is known comes first"),
        (-100, -4, -1, -70, 0, -60, 0): ("the two counters are swapped", "what is known comes first"),
        (0, 0, 0, 0, 0, 0, 2): ("the two counters are swapped", "what is known comes first"),
    },
    otherwise=("the result is not what is between the two counters, as far as the budget goes", "draw both counters"),
    hidden=(
        "an example value is hard-coded, or one kind of request is treated differently",
        "check that the result depends on all three arguments",
    ),
)

ALWAYS: Why = (
    "a token is sampled at every chunk, also in the middle of a prompt",
    "ask which token's logits a chunk that ends at position 16 of 100 would give",
)
PRINT = "print the two counters as they are after the step"
# (num_tokens, num_computed_tokens, num_new_tokens): a first and a middle chunk, the last one, a decode, a whole prompt,
# the end of the way back after a preemption, two small chunks that do not reach the end.
CASES = (
    (100, 0, 16),
    (100, 80, 16),
    (100, 96, 4),
    (101, 100, 1),
    (5, 0, 5),
    (105, 96, 9),
    (100, 98, 1),
    (100, 90, 4),
)


@dataclass(frozen=True, kw_only=True)
class IsSampledExercise(Exercise):
    """is_sampled. The pattern over all the visible examples tells how it was decided."""

    def compared(self, call: Call, value: bool, expected: bool) -> str:
        known, computed, new = call.args
        return f"{call} returned {value}, expected {expected}: after the step {computed + new} of {known} are computed."

    def fingerprint(self, check: Check) -> str | None:
        found = super().fingerprint(check)
        return found and "".join("FT"[answer] for answer in found)


IS_SAMPLED = IsSampledExercise(
    read=yes_or_no,
    provided=PROVIDED,
    probes=CASES,
    mistakes={
        "TTTTTTTT": ALWAYS,
        "FFFTFFTF": (
            "a step of one token is taken for a decode",
            "a chunk can have one token, and a prompt can end with a chunk of several",
        ),
        "FFFFFFFF": (
            "one chunk late, or never: the counter before the step is compared, or with a strict >",
            PRINT,
        ),
        "FTTTFTTT": ("every chunk but the first samples a token", PRINT),
        "TFFFTFFF": ("the first chunk samples a token, and no other", PRINT),
        "FFFFTFFF": (
            "only a prompt that is computed in one step samples a token: num_computed_tokens is left out",
            "add what was computed before the step",
        ),
        "FFFTTFTF": (
            "there is a switch between prefill and decode, and a prompt in chunks fits neither",
            "one question covers both: does the step end at the last known token?",
        ),
        "FFFTFFFF": ("only a decode samples a token, and no prefill does", PRINT),
        "FFTTTTTF": ("one token early: the last known token is not computed yet", PRINT),
        "FFFFFFTF": ("one token early: the last known token is not computed yet", PRINT),
        "TTFFFFTT": ("the answer is the opposite", "True means that the gap is closed"),
        "FFTTTTTT": (
            "a short step is taken for the last one: the chunk, or the gap, is compared with a fixed number",
            "a chunk can be short because others use the budget",
        ),
        "FFTTFFTT": (
            "a short step behind the first is taken for the last one",
            "compare where the step ends with num_tokens",
        ),
    },
    otherwise=("the step's end is not compared with the last known token", PRINT),
    hidden=(
        "an example value is hard-coded, or one kind of step is treated differently",
        "check that the result depends on all three arguments",
    ),
)
