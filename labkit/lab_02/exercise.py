"""What the exercises of this lab share: arguments that are only read, and counts of a plausible size."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labkit.call import AnswerRaised
from labkit.check import Call, Check, Exercise, Why
from labkit.failure import CheckFailed, shortened
from labkit.kinds import whole_number
from labkit.lab_02.units import MIB, config_name, readable
from labkit.read_only import ReadOnlyCall
from mini_vllm import ModelConfig

PROVIDED = frozenset({"mini_vllm.config"})
NO_MEMORY_IS_AS_LARGE = 2**100
# Of the functions that a later exercise may call.
ARGUMENTS = {
    "kv_bytes_per_token": "(config, bytes_per_element)",
    "kv_bytes_per_sequence": "(config, seq_len, bytes_per_element)",
}


def count(call: str, answer: Any) -> int:
    """`answer` as a plain int of a size that a count of bytes, users or requests can have."""
    number = whole_number(call, answer)
    if abs(number) >= NO_MEMORY_IS_AS_LARGE:
        raise CheckFailed(
            f"{call} returned a number of {number.bit_length()} bits; no memory is that large.",
            "a power instead of a product",
            "print each factor",
        )
    return number


class CountCall(ReadOnlyCall):
    """A call that must leave configs and lists unchanged."""

    copied = (ModelConfig, list)

    def changed(self, place: int, before: Any, after: Any) -> CheckFailed:
        kind = "config" if isinstance(before, ModelConfig) else "list"
        return CheckFailed(
            f"{self} changed the {kind} in place.",
            f"a {'field' if kind == 'config' else 'list method or an assignment'} overwrote it",
            f"compute with new variables, and only read the {kind}",
        )


@dataclass(frozen=True, kw_only=True)
class CountExercise(Exercise):
    """An exercise that returns a count.

    edges:            arguments of a call at the edge, without configs -> likely cause and next step.
    refuses_too_much: likely cause and next step of a ValueError where a number was expected.
    """

    read: Callable[[str, Any], int] = count
    provided: frozenset[str] = PROVIDED
    edges: Mapping[tuple[Any, ...], Why] = field(default_factory=dict)
    refuses_too_much: Why | None = None

    def new_call(self, check: Check, args: tuple[Any, ...], named: Mapping[str, Any]) -> CountCall:
        return CountCall(check, args, named)

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        plain = tuple(_hashable(argument) for argument in call.args if not isinstance(argument, ModelConfig))
        return self.edges.get(plain) or super().explain(call, value, expected)

    def raised(self, call: Call, failure: AnswerRaised) -> CheckFailed:
        error = failure.error
        if isinstance(error, TypeError) and "positional argument" in str(error):
            called = str(error).partition("(")[0]
            cause, step = "the line with `def` was changed", "restore its arguments and their defaults"
            if called != call.check.name:
                cause = "a call in your function passes too few or too many arguments"
                takes = f": it takes {ARGUMENTS[called]}" if called in ARGUMENTS else ""
                step = f"correct the call of {called}{takes}"
            return CheckFailed(f"{call} failed: {error}.", cause, step, failure.where)
        if isinstance(error, ValueError) and self.refuses_too_much:
            cause, step = self.refuses_too_much
            what = f"{call} raised ValueError: {error}. These arguments are valid, and a number was expected."
            return CheckFailed(what, cause, step, failure.where)
        return failure

    def show(self, argument: Any) -> str:
        if isinstance(argument, ModelConfig):
            return config_name(argument)
        if type(argument) is int:
            return readable(argument) if MIB <= argument < 2**50 and argument % MIB == 0 else f"{argument:_}"
        return shortened(argument, 80)


def _hashable(argument: Any) -> Any:
    return tuple(argument) if isinstance(argument, list) else argument
