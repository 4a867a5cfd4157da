"""Calls that take logits and return an array, and what is checked of every such array."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.call import AnswerRaised, answer_of
from labkit.check import Call, Check, Exercise, quantity
from labkit.failure import CheckFailed, cut, shortened
from labkit.kinds import float_array

PROVIDED = frozenset({"mini_vllm.sampling_params"})  # what an answer may call of the engine


def as_logits(values: Any) -> np.ndarray:
    """A new float array; float32 stays float32."""
    array = np.array(values)
    return array if array.dtype == np.float32 else array.astype(np.float64)


def show_logits(logits: np.ndarray) -> str:
    """Logits as a message shows them: "log([0.125, 0.5])" where that is shorter to read, else the numbers."""
    with np.errstate(all="ignore"):
        weights = np.exp(logits.astype(np.float64))
    is_log = logits.dtype == np.float64 and _is_short(weights) and not _is_short(logits)
    text = f"log({_numbers(weights)})" if is_log else _numbers(logits)
    return cut(f"{logits.dtype} {text}" if logits.dtype != np.float64 else text, 70)


def rounded(array: np.ndarray) -> str:
    """The numbers of an array, with four decimals."""
    return cut(str(np.round(array.astype(np.float64), 4).tolist()), 90)


def close(a: Any, b: Any, tolerance: float = 1e-5) -> bool:
    """Whether all numbers agree; -inf agrees with -inf only."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=tolerance, atol=tolerance))


class LogitsCall(Call):
    """A call whose first argument is logits, given as a list or an array."""

    new_array = "write the result into a new array, as `logits - x` and `logits / x` do"

    def __init__(self, check: Check, args: Sequence[Any], named: Mapping[str, Any]) -> None:
        super().__init__(check, (as_logits(args[0]), *args[1:]), named)
        self.logits = self.args[0]

    def answer(self) -> Any:
        self.passed = self.logits.copy()
        args = (self.passed, *self.args[1:])
        return answer_of(str(self), self.check.function, args, self.exercise.provided)

    def array(self) -> np.ndarray:
        """What came back as a new float64 array, with type, shape and side effects checked. Raises: CheckFailed."""
        try:
            answer = self.answer()
        except AnswerRaised as failure:
            raise self.exercise.raised(self, failure) from failure.error
        if isinstance(answer, np.ndarray) and self.logits.ndim == 1 and answer.ndim == 1:
            if len(np.array(answer)) < len(self.logits):
                raise CheckFailed(
                    f"{self} returned {quantity(len(np.array(answer)), 'values')}, expected one for each of the "
                    f"{len(self.logits)} tokens.",
                    "tokens were cut out, or their positions were returned",
                    "keep the length, and put -inf where a token is filtered out",
                )
        result = float_array(str(self), answer, self.logits.shape)
        if not np.array_equal(self.passed, self.logits, equal_nan=True):
            raise CheckFailed(
                f"{self} changed its argument in place.",
                "an assignment into `logits`, or an operator such as `/=` or `-=`",
                self.new_array,
            )
        return result

    def without_nan(self) -> np.ndarray:
        """`array`, of which no element may be NaN."""
        result = self.array()
        if np.isnan(result).any():
            raise CheckFailed(
                f"{self} returned NaN for {np.isnan(result).sum()} of {len(result)} tokens.",
                "an operation that -inf does not survive: `//`, times 0, or minus another -inf; or NaN is the mask",
                "print each step for this input",
            )
        return result


@dataclass(frozen=True, kw_only=True)
class LogitsExercise(Exercise):
    """An exercise whose answer takes logits and returns an array."""

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> LogitsCall:
        return LogitsCall(check, args, named)

    def show(self, argument: Any) -> str:
        return show_logits(argument) if isinstance(argument, np.ndarray) else shortened(argument)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        """A ValueError that is not numpy's comes from the student's own check."""
        text = str(failure.error)
        if type(failure.error) is ValueError and "axis" not in text and "broadcast" not in text:
            return CheckFailed(
                f"{call} raised ValueError: {text}",
                "your own check refuses a value that is allowed, or a step cannot work with it",
                "compare the check with the range in the docstring, ends included",
                failure.where,
            )
        return failure


def any_array(call: str, answer: Any) -> Any:
    """The `read` of exercises whose calls read their arrays themselves."""
    return answer


def _is_short(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)].astype(np.float64)
    return bool(np.allclose(finite, np.round(finite, 3), rtol=0, atol=1e-9))


def _numbers(values: np.ndarray) -> str:
    return "[" + ", ".join(_numbers(v) if np.ndim(v) else f"{v:.6g}" for v in values) + "]"
