"""The tests of an exercise, written as its specification:

    units = check(work_without_cache, lab_01.UNITS_WITHOUT_CACHE)
    units(prompt_len=5, new_tokens=10).should_be(95)
    with units.hidden("other lengths"):
        ...
    units.passed("work_without_cache counts every step.")

The right values stand in the notebook. An Exercise holds what wrong values say about how they were made.
"""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labkit.call import AnswerRaised, answer_of, described, name_of
from labkit.failure import CheckFailed, HiddenFailed, a_type, shortened

Why = tuple[str, str]  # likely cause, next step

HARD_CODED: Why = ("an example value is hard-coded", "check that the result depends on every argument")


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What the tests of one exercise share. A lab's own kinds of exercise derive from it.

    read:      takes the call's text and the answer, returns a plain value; one of labkit.kinds.
    unit:      of the numbers in messages, such as "bytes".
    provided:  the modules of mini_vllm that an answer may call.
    probes:    arguments of calls whose results, together, tell mistakes apart.
    mistakes:  what these calls return (one value for one probe, else a tuple) -> likely cause and next step.
    otherwise: likely cause and next step of a mistake that is not among them.
    hidden:    the same for a hidden test.
    """

    read: Callable[[str, Any], Any]
    unit: str = ""
    provided: Collection[str] = ()
    probes: tuple[tuple[Any, ...], ...] = ()
    mistakes: Mapping[Any, Why] = field(default_factory=dict)
    otherwise: Why
    hidden: Why = HARD_CODED

    def new_call(self, check: "Check", args: tuple[Any, ...], named: Mapping[str, Any]) -> "Call":
        """The call that `check(...)` makes; a lab whose calls have questions of their own returns its kind of Call."""
        return Call(check, args, named)

    def same(self, value: Any, expected: Any) -> bool:
        """Whether a plain value is the expected one."""
        return bool(value == expected)

    def compared(self, call: "Call", value: Any, expected: Any) -> str:
        """The first line of a message: both values, with units and their ratio."""
        return f"{call} returned {quantity(value, self.unit)}, expected {quantity(expected)}{ratio(value, expected)}."

    def explain(self, call: "Call", value: Any, expected: Any) -> Why:
        """Likely cause and next step of a wrong value."""
        return self.mistakes.get(self.fingerprint(call.check), self.otherwise)

    def raised(self, call: "Call", failure: AnswerRaised) -> CheckFailed:
        """What to say when the student's function raised in a call that has a value."""
        return failure

    def fingerprint(self, check: "Check") -> Any:
        """What the probes return; None if one of them fails."""
        with contextlib.suppress(CheckFailed):
            found = tuple(check(*args).value() for args in self.probes)
            return found[0] if len(found) == 1 else found
        return None

    def show(self, argument: Any) -> str:
        """An argument, as a message names it."""
        if isinstance(argument, np.ndarray) and argument.size > 12:
            return f"array of shape {argument.shape}"
        return shortened(argument, 80)


class Check:
    """The test of one function. Calling it makes a `Call`, whose `should_...` methods do the asking."""

    def __init__(self, function: Callable[..., Any], exercise: Exercise) -> None:
        self.function, self.exercise, self.name = function, exercise, name_of(function)
        if not callable(function):
            raise CheckFailed(
                f"A function was expected, and this is {shortened(function)}, {a_type(function)}.",
                "another cell uses the name of the function for something else",
                "run the cell of the exercise again, then this one",
            )

    def __call__(self, *args: Any, **named: Any) -> "Call":
        """The names of arguments are for the message; all arguments are passed by position, in this order."""
        return self.exercise.new_call(self, args, named)

    @contextlib.contextmanager
    def hidden(self, what: str) -> Iterator[None]:
        """A block of hidden tests: whatever fails in it gets one message, which gives none of its numbers away."""
        try:
            yield
        except Exception:
            cause, step = self.exercise.hidden
            raise HiddenFailed(
                f"{self.name} is right for the visible examples, but wrong for {what}.", cause, step
            ) from None

    def passed(self, sentence: str) -> None:
        """Print what the test has shown. nbgrader takes a value at a cell's end for partial credit: this has none."""
        print(sentence)


class Call:
    """One call of the student's function, made when it is asked about."""

    def __init__(self, check: Check, args: Sequence[Any], named: Mapping[str, Any]) -> None:
        self.check, self.exercise = check, check.exercise
        self.args, self.named = (*args, *named.values()), dict(named)
        shown = [self.exercise.show(arg) for arg in args]
        shown += [f"{name}={self.exercise.show(arg)}" for name, arg in named.items()]
        self.text = f"{check.name}({', '.join(shown)})"

    def __str__(self) -> str:
        return self.text

    def answer(self) -> Any:
        """What the function returned, unread. Raises: CheckFailed, AnswerRaised."""
        return answer_of(str(self), self.check.function, self.args, self.exercise.provided)

    def value(self) -> Any:
        """What the function returned, as a plain value of the exercise's kind. Raises: CheckFailed."""
        try:
            return self.exercise.read(str(self), self.answer())
        except AnswerRaised as failure:
            raise self.exercise.raised(self, failure) from failure.error

    def should_be(self, expected: Any, why: Why | None = None) -> None:
        """Raises: CheckFailed unless the value is `expected`. why: cause and step, where only this call can tell."""
        value = self.value()
        if not self.exercise.same(value, expected):
            cause, step = why or self.exercise.explain(self, value, expected)
            raise CheckFailed(self.exercise.compared(self, value, expected), cause, step)

    def should_raise(self, kind: type[Exception] = ValueError) -> None:
        """Raises: CheckFailed unless the function raises `kind`."""
        try:
            answer = self.answer()
        except AnswerRaised as failure:
            if isinstance(failure.error, kind):
                return
            cause = "the argument is used before it is checked, or the check raises another error"
            step = f"begin the function with a check that raises a {kind.__name__}"
            raise CheckFailed(
                f"{self} raised {described(failure.error)}; a {kind.__name__} was expected.",
                failure.cause or cause,
                failure.step if failure.cause else step,
                failure.where,
            ) from failure.error
        cause = "no check refuses this argument"
        step = f"begin the function with `if ...: raise {kind.__name__}(...)`, with a message that names the value"
        if isinstance(answer, BaseException) or isinstance(answer, type):
            cause, step = "the error is returned", "write `raise`, not `return`"
        raise CheckFailed(f"{self} returned {shortened(answer)}; a {kind.__name__} was expected.", cause, step)


def check(function: Callable[..., Any], exercise: Exercise) -> Check:
    """The test of `function`, an answer to `exercise`."""
    return Check(function, exercise)


def quantity(value: Any, unit: str = "") -> str:
    """A number with its unit, as messages write it: "1 unit", "504,500 units"."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:.6g}" if isinstance(value, float) else str(value)
    if unit and value == 1 and unit.endswith("s"):
        unit = unit[:-1]
    return f"{text} {unit}".rstrip()


def ratio(value: Any, expected: Any) -> str:
    """ " (0.93x)", or "" where the ratio of two numbers says nothing."""
    if not isinstance(value, (int, float)) or not expected or value <= 0:
        return ""
    times = value / expected
    style = ".1e" if times >= 1e6 else ",.0f" if times >= 100 else ".2f" if times >= 0.01 else ".1g"
    text = f"{times:{style}}"
    return "" if text == "1.00" else f" ({text}x)"
