"""One draw of a student's sampler: the token, and what happens beside it."""

import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from labkit.call import AnswerRaised, answer_of, name_of
from labkit.failure import CheckFailed, shortened
from labkit.kinds import whole_number
from labkit.lab_03.arrays import PROVIDED

LOGITS_DRAWN = (
    "the filters return logits with -inf, and these went into rng.choice",
    "run softmax after the last filter, and give its result to the draw",
)
# What an error's text says: likely cause, next step.
ERRORS = {
    "sum to 1": (
        "the last filter took probability away, and nothing renormalized",
        "run softmax once more, after the last filter",
    ),
    "Probabilities contain NaN": LOGITS_DRAWN,
    "not non-negative": LOGITS_DRAWN,
    "divide by zero": (
        "the logits are divided by a temperature of 0",
        "return the argmax before anything is divided",
    ),
}


FIELDS = ("temperature", "top_k", "top_p", "seed")  # of params
_REPEAT = np.random.default_rng(0)  # repeats the draws of an answer, to count them


class GlobalGenerators:
    """numpy's and Python's global random generators, as they were when this was made."""

    def __init__(self) -> None:
        self._before = self._states()

    def check(self, call: str) -> None:
        """Raises: CheckFailed if one of them has been drawn from."""
        if self._states() != self._before:
            raise CheckFailed(
                f"{call} drew from a global random generator.",
                "np.random.choice, np.random.rand or the module random",
                "use the methods of `rng` only; then a request's tokens depend on nothing else",
            )

    @staticmethod
    def _states() -> tuple[Any, ...]:
        state = np.random.get_state(legacy=False)["state"]
        return state["key"].tobytes(), state["pos"], random.getstate()


def one_token(
    call: str,
    function: Callable[..., Any],
    logits: np.ndarray,
    setting: Any,
    rng: np.random.Generator,
    global_rngs: GlobalGenerators,
    greedy: bool = False,
) -> int:
    """The token id that `function(logits, setting, rng)` returns.

    call: how the call reads in a message. setting: a SamplingParams or p. greedy: no number may be drawn.

    Raises:
        CheckFailed: the function raised, returned no whole number, changed the logits, used a global generator, or
            took another count of uniform numbers from rng than one, or none where it is greedy.
    """
    given, before = logits.copy(), rng.bit_generator.state

    def careful(*args: Any) -> Any:
        with np.errstate(divide="raise", invalid="raise") if greedy else np.errstate():
            return function(*args)

    careful.__name__ = name_of(function)
    try:
        answer = answer_of(call, careful, (logits, setting, rng), PROVIDED)
    except AnswerRaised as failure:
        raise _explained(call, failure, greedy) from failure.error
    if not np.array_equal(logits, given, equal_nan=True):
        raise CheckFailed(
            f"{call} changed the caller's logits in place.",
            "a step assigns into the array that it was given",
            "let each step return a new array",
        )
    if isinstance(answer, np.ndarray) and answer.shape == (1,):
        raise CheckFailed(
            f"{call} returned {shortened(answer)}; a whole number (int) was expected.",
            "an array of one token",
            "leave out size, or return int(token[0])",
        )
    token = whole_number(call, answer)
    taken = _numbers_taken(before, rng.bit_generator.state, 2 * len(logits))
    if taken != (0 if greedy else 1):
        global_rngs.check(call)
        raise _wrong_count(call, taken, greedy)
    return token


def _explained(call: str, failure: AnswerRaised, greedy: bool) -> CheckFailed:
    text = str(failure.error)
    for name in FIELDS:
        if text.startswith(f"name '{name}' is not defined"):
            why = f"`{name}` instead of `params.{name}`", "read each parameter from `params`"
            return CheckFailed(failure.what, *why, failure.where)
    for part, why in ERRORS.items():
        if part in text:
            return CheckFailed(f"{call} raised {text!r}.", *why, failure.where)
    if greedy:
        return CheckFailed(
            f"{call} raised {type(failure.error).__name__}: {text}",
            "temperature 0 takes the same way as the others, and is divided by",
            "return the argmax before anything is divided",
            failure.where,
        )
    return failure


def _numbers_taken(before: Mapping[str, Any], after: Mapping[str, Any], limit: int) -> int | None:
    """How many uniform numbers lie between two states; None for more than `limit`, or for other numbers."""
    if before == after:
        return 0
    _REPEAT.bit_generator.state = before
    for taken in range(1, limit + 1):
        _REPEAT.random()
        if _REPEAT.bit_generator.state == after:
            return taken
    return None


def _wrong_count(call: str, taken: int | None, greedy: bool) -> CheckFailed:
    number = "other numbers than uniform ones" if taken is None else f"{taken} uniform number{'s' * (taken != 1)}"
    if greedy:
        return CheckFailed(
            f"{call} drew {number} from rng, expected 0: greedy uses no randomness.",
            "the draw happens before, or in spite of, temperature 0",
            "return the argmax first",
        )
    if taken == 0:
        return CheckFailed(
            f"{call} left rng untouched, expected exactly 1 uniform number from it.",
            "the most likely token is returned without a draw, or a new generator is made inside",
            "draw from the `rng` that you are given, also when one token is left",
        )
    return CheckFailed(
        f"{call} drew {number} from rng, expected exactly 1.",
        "a draw for each token of the vocabulary, a repeated draw, or another method than random() or choice()",
        "one rng.random(), or one rng.choice, per call",
    )
