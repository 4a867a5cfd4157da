"""Exercise 3: what wrong finish reasons say about how they were decided."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from labkit.call import AnswerRaised, answer_of
from labkit.check import Call, Check, Exercise, Why
from labkit.failure import CheckFailed, a_type, shortened
from labkit.lab_05.counters import PROVIDED
from mini_vllm import SamplingParams

P = SamplingParams
EOS = frozenset({2})
# Arguments of the visible examples; three more tell mistakes at the two limits apart.
PROBES = (
    ([7, 8], 5, P(max_tokens=3), EOS, 20),
    ([7, 2], 5, P(max_tokens=3), EOS, 20),
    ([2, 7], 5, P(max_tokens=3), EOS, 20),
    ([7, 2], 5, P(max_tokens=2), EOS, 20),
    ([7, 8], 5, P(max_tokens=2), EOS, 20),
    ([7, 2], 5, P(ignore_eos=True), EOS, 20),
    ([7, 9], 5, P(stop_token_ids=[9]), EOS, 20),
    ([7, 9], 5, P(stop_token_ids=[9], ignore_eos=True), EOS, 20),
    ([7] * 5, 15, P(max_tokens=None), EOS, 20),
    ([7] * 4, 15, P(max_tokens=None), EOS, 20),
    ([7] * 6, 15, P(max_tokens=None), EOS, 20),
    ([7] * 21, 5, P(max_tokens=None), EOS, 20),
    ([7, 8], 5, P(max_tokens=6), EOS, 20),
)
LETTERS = {"stop": "S", "length": "L", None: "-"}

LAST: Why = (
    "all output tokens are searched for a stop token",
    "look at the last token only: earlier ones were checked in their own steps",
)
ORDER: Why = ("the length is checked first", "check for a stop token first: it wins on the same token")
IGNORE: Why = ("ignore_eos is not checked", "an eos token ends the request unless params.ignore_eos is set")
KINDS_OF_CONTAINERS: Why = (
    "an operator joins two different types: eos_token_ids is a set, stop_token_ids and output_token_ids are lists",
    "test the last token with `in`, once for each of them; or make sets of both with set(...)",
)
CONTEXT = "max_model_len counts prompt and output together"
NO_LIMIT: Why = ("max_tokens is None, and is compared with a number", "None means no limit: check for None first")


class FinishCall(Call):
    """One call of finish_reason(output_token_ids, num_prompt_tokens, params, eos_token_ids, max_model_len)."""

    def answer(self) -> Any:
        given = copy.deepcopy(self.args)
        answer = answer_of(str(self), self.check.function, given, self.exercise.provided)
        before, after = ((args[0], args[2].stop_token_ids, args[3]) for args in (self.args, given))
        if before != after:
            raise CheckFailed(
                f"{self} changed a list or set that was passed to it.",
                "pop, append, remove or a sort in place",
                "output_token_ids[-1] reads the last token and leaves the list as it is",
            )
        return answer


@dataclass(frozen=True, kw_only=True)
class FinishExercise(Exercise):
    """finish_reason. The pattern over all examples tells how it was decided."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> FinishCall:
        return FinishCall(check, args, named)

    def compared(self, call: Call, value: str | None, expected: str | None) -> str:
        return f"{call} returned {value!r}, expected {expected!r}."

    def fingerprint(self, check: Check) -> str | None:
        found = super().fingerprint(check)
        return found and "".join(LETTERS[reason] for reason in found)

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        found = self.fingerprint(call.check)
        patterns = [] if found is None else [found, found[:12], found[:10]]
        return next((self.mistakes[pattern] for pattern in patterns if pattern in self.mistakes), self.otherwise)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        error, params = failure.error, call.args[2]
        if isinstance(error, TypeError) and "NoneType" in str(error) and params.max_tokens is None:
            return CheckFailed(failure.what, *NO_LIMIT, failure.where)
        if isinstance(error, TypeError) and "positional argument" in str(error):
            return CheckFailed(
                failure.what,
                "a call passes too few or too many arguments, or the line with `def` was changed",
                "restore its five arguments",
                failure.where,
            )
        if isinstance(error, TypeError) and "unsupported operand" in str(error):
            return CheckFailed(failure.what, *KINDS_OF_CONTAINERS, failure.where)
        return failure

    def show(self, argument: Any) -> str:
        if isinstance(argument, SamplingParams):
            default = SamplingParams()
            changed = {f.name: getattr(argument, f.name) for f in fields(argument)}
            shown = [f"{name}={value}" for name, value in changed.items() if value != getattr(default, name)]
            return f"SamplingParams({', '.join(shown)})"
        if isinstance(argument, (set, frozenset)):
            return "{" + ", ".join(str(item) for item in sorted(argument)) + "}"
        return shortened(argument, 40)


def reason_or_none(call: str, answer: Any) -> str | None:
    """`answer` as "stop", "length" or None."""
    if answer is None:
        return None
    if not isinstance(answer, str):
        raise CheckFailed(
            f'{call} returned {shortened(answer)}, {a_type(answer)}; "stop", "length" or None was expected.',
            "the function tells whether the request is finished, not why",
            'return the text "stop" or "length", or None',
        )
    plain = str.__str__(answer)  # the text itself: str() of an enum's member is its name
    if plain not in LETTERS:
        raise CheckFailed(
            f'{call} returned {shortened(plain)}; "stop", "length" or None was expected.',
            "another word for the reason, or None as a text",
            'use the API\'s words: "stop" for eos and stop tokens, "length" for both limits',
        )
    return plain


FINISH_REASON = FinishExercise(
    read=reason_or_none,
    provided=PROVIDED,
    probes=PROBES,
    mistakes={
        "-S-LL-SSL-": ORDER,
        "-SSSL-SSL-": LAST,
        "-S-SLSSSL-": IGNORE,
        "-SSSLSSSL-": (f"{LAST[0]}, and {IGNORE[0]}", LAST[1]),
        "-S-SL-S-L-": (
            "ignore_eos switches off stop_token_ids as well",
            "it is about the model's own eos tokens only",
        ),
        "-S-SL---L-": ("stop_token_ids are not checked", "params.stop_token_ids end a request like an eos token"),
        "---LL-SSL-": ("eos_token_ids is a set, and is compared with one token", "test with `in`"),
        "---LL---L-": (
            "stop tokens are not checked, or a set or list of token ids is compared with one token",
            "test with `in`, and before the limits",
        ),
        "-S-SL-SS--LL": ("one token too late at max_model_len", "reached means >="),
        "-S-SL-SS---L": ("max_model_len is compared with the output alone", CONTEXT),
        "-S-SL-SS----": ("max_model_len is not checked", CONTEXT),
        "-S-SL-SSLL": ("one token too early at max_model_len", "a request may fill its context to the last token"),
        "LSLSL-SSL-LLL": ("the prompt counts towards max_tokens", "max_tokens counts new tokens only"),
        "-S-S--SSL-": ("one token too late at max_tokens, or max_tokens is not checked", "reached means >="),
        "LSLSL-SSL-": ("one token too early at max_tokens", "max_tokens=3 gives three tokens"),
        "--SLL---L-": ("the first output token is checked instead of the last", "the last one is output_token_ids[-1]"),
        "-L-LL-LLL-": ('the reason for a stop token is "stop"', '"length" is for the two limits'),
        "-S-SS-SSS-": ('the reason for the two limits is "length"', '"stop" is for eos and stop tokens'),
        "S-SLS-SSSS": ("a token that is not an eos token ends the request", "print what you compare"),
        "-S-S--SS--": ("the two limits are not checked", 'a limit that is reached gives "length"'),
    },
    otherwise=(
        "the rules are not applied in their order: eos unless ignored, stop_token_ids, then the two limits",
        "go through this example by hand, one rule after the other",
    ),
    hidden=(
        "an example value is hard-coded, or a limit, an eos token or a stop token is treated differently elsewhere",
        "try several eos tokens, and limits that are reached together",
    ),
)
