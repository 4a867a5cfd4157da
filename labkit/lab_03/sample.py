"""Exercise 5: what the drawn tokens say about the steps before the draw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labkit.check import Call, Check, Exercise, Why
from labkit.failure import CheckFailed
from labkit.lab_03.arrays import PROVIDED, any_array, show_logits
from labkit.lab_03.draw import GlobalGenerators, one_token
from labkit.lab_03.sample_mistakes import GREEDY, LAST_OF_EQUALS, PAST_THE_END, WRONG
from labkit.lab_03.uniform import LARGEST, rng_giving
from mini_vllm import SamplingParams


class SampleCall(Call):
    """sample(logits, params, rng), once for each uniform number that rng is to give."""

    exercise: "SampleExercise"

    def __init__(self, check: Check, args: Sequence[Any], named: Mapping[str, Any]) -> None:
        """args: the probabilities, or logits=...; the other names are those of SamplingParams."""
        knobs = dict(named)
        with np.errstate(divide="ignore"):
            logits = np.array(knobs.pop("logits"), dtype=float) if "logits" in knobs else np.log(args[0])
        super().__init__(check, (logits, SamplingParams(**knobs)), {})
        self.logits, self.params, self.knobs = *self.args, knobs
        self.text = f"{check.name}({', '.join([show_logits(logits), *(f'{k}={v}' for k, v in knobs.items())])})"

    def tokens(self, numbers: Iterable[float]) -> tuple[int, ...]:
        """The token for each uniform number. Raises: CheckFailed."""
        global_rngs = GlobalGenerators()
        tokens = tuple(self._token(u, global_rngs) for u in numbers)
        global_rngs.check(str(self))
        return tokens

    def _token(self, u: float, global_rngs: GlobalGenerators) -> int:
        text = f"{self} with u = {u:.3g}" if self.params.temperature else str(self)
        rng, greedy = rng_giving(u), self.params.is_greedy
        return one_token(text, self.check.function, self.logits.copy(), self.params, rng, global_rngs, greedy)

    def should_be(self, expected: int, why: Why | None = None) -> None:
        """Raises: CheckFailed unless the token is `expected`: for temperature 0, where nothing is drawn."""
        (token,) = self.tokens([0.5])
        if token != expected:
            is_last = 0 <= token < len(self.logits) and self.logits[token] == self.logits.max()
            raise CheckFailed(
                f"{self} returned token {token}, expected {expected}.",
                *(why or (LAST_OF_EQUALS if is_last else GREEDY)),
            )

    def should_give(self, expected: Mapping[float, int]) -> None:
        """Raises: CheckFailed unless each uniform number gives its token. expected: u -> token."""
        wanted, tokens = tuple(expected.values()), self.tokens(expected)
        if tokens == wanted:
            return
        why = self.exercise.mistakes.get((tuple(self.knobs), tokens), self.exercise.otherwise)
        if not all(0 <= token < len(self.logits) for token in tokens):
            why = PAST_THE_END
        raise CheckFailed(
            f"{self} returned the tokens {list(tokens)} for u = {list(expected)}, expected {list(wanted)}.", *why
        )

    def should_end_below(self, limit: int) -> None:
        """Raises: CheckFailed if the largest uniform number gives a token from `limit` on, all of probability 0.

        The running sum of probabilities ends a little below 1 here. A search that runs past the end of the
        vocabulary, or finds nothing, loses no points; a remark is printed.
        """
        try:
            (token,) = self.tokens([LARGEST])
        except CheckFailed:
            token = len(self.logits)
        if token == len(self.logits):
            print("A remark, no points lost: where the running sum rounds below 1, the largest u runs past the end.")
            print("Divide by its last element.")
        elif not 0 <= token < limit:
            raise CheckFailed(
                f"{self} returned token {token}, which has probability 0, for the largest possible u.",
                "the running sum ends a little below 1, and what lies beyond is given to the last token",
                "divide the running sum by its last element; then a likely token is always found",
            )

    def should_raise(self, kind: type[Exception] = ValueError) -> None:
        """Raises: CheckFailed unless the function raises `kind`, greedy or not where no temperature is named."""
        for temperature in [self.params.temperature] if "temperature" in self.knobs else (0.0, 1.0):
            call = Call(self.check, (), {})
            call.args = (self.logits.copy(), replace(self.params, temperature=temperature), rng_giving(0.5))
            call.text = f"{self.check.name}({show_logits(self.logits)}, temperature={temperature:g})"
            call.should_raise(kind)


@dataclass(frozen=True, kw_only=True)
class SampleExercise(Exercise):
    """sample, with a call for each uniform number."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> SampleCall:
        return SampleCall(check, args, named)


SAMPLE = SampleExercise(
    read=any_array,
    provided=PROVIDED,
    mistakes=WRONG,
    otherwise=("the order of the steps, or the draw", "print the probabilities after each step"),
    hidden=(
        "an example value is hard-coded, or a parameter is used in some cases only",
        "draw many tokens with one parameter at a time, and compare their shares with the probabilities",
    ),
)
