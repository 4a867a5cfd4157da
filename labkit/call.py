"""Calls a student's function, and says what is wrong when the call itself fails."""

import contextlib
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from types import FrameType
from typing import Any

import numpy as np

from labkit.advice import not_written
from labkit.failure import CheckFailed, own_line

ENGINE = "mini_vllm"


class AnswerRaised(CheckFailed):
    """The student's function raised; `error` is what it raised."""

    def __init__(self, call: str, error: BaseException, tested: str = "") -> None:
        self.error = error
        cause, step = _why(error)
        super().__init__(f"{call} raised {described(error)}", cause, step, own_line(error, tested))


def answer_of(call: str, function: Callable[..., Any], args: Sequence[Any], provided: Collection[str] = ()) -> Any:
    """What `function` returns for `args`, which are passed by position.

    call: how the call reads in a message. provided: the modules of mini_vllm that an answer may call.

    Raises:
        CheckFailed: the function is not written, or calls engine code that is not provided.
        AnswerRaised: it raised. A test's own time-out is no Exception and passes through.
    """
    borrowed: list[str] = []

    def watch(frame: FrameType, event: str, _: object) -> None:
        name, caller = (f.f_globals.get("__name__", "") if f else "" for f in (frame, frame.f_back))
        is_entry = event == "call" and name.startswith(ENGINE) and not caller.startswith(ENGINE)
        if is_entry and name not in provided:
            borrowed.append(f"{name}.{frame.f_code.co_name}")

    profiler = sys.getprofile()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a right answer may warn
            sys.setprofile(watch)
            answer = function(*args)
    except NotImplementedError as error:
        raise not_written(_innermost_function(error) or name_of(function)) from None
    except (Exception, SystemExit) as error:
        raise _borrowed(call, borrowed[0]) if borrowed else AnswerRaised(call, error, name_of(function)) from error
    except KeyboardInterrupt as error:
        raise CheckFailed(
            f"{call} had not returned when it was interrupted.",
            "a loop that never ends, or a very slow one",
            "call your function with small arguments in a new cell, and print what changes in the loop",
            own_line(error, name_of(function)),
        ) from None
    finally:
        sys.setprofile(profiler)
    if borrowed:
        raise _borrowed(call, borrowed[0])
    return answer


@contextlib.contextmanager
def unwatched() -> Iterator[None]:
    """For an object of a lab's that an answer may call: what it calls of the engine is not the answer's doing."""
    profiler = sys.getprofile()
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profiler)


def described(error: BaseException) -> str:
    """An error's type and message, if it has one: "ValueError: k is -2", "AssertionError"."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _borrowed(call: str, name: str) -> CheckFailed:
    return CheckFailed(
        f"{call} called {name}: that is the engine's code, and this exercise asks for your own.",
        step="write the steps yourself, with Python and numpy; the lab compares the two at its end",
    )


def name_of(function: Callable[..., Any]) -> str:
    """A function's name; some callables have none."""
    return getattr(function, "__name__", type(function).__name__)


def _why(error: BaseException) -> tuple[str, str]:
    """Likely cause and next step of an error that does not depend on the exercise."""
    if isinstance(error, UnboundLocalError):
        return (
            "the variable has no value yet: it gets none before its first use, or only in a loop or a branch that "
            "these arguments skip",
            "assign a first value before the loop or the branch",
        )
    if isinstance(error, NameError):
        if error.name in sys.stdlib_module_names:
            return f"the module {error.name} is not imported", f"add `import {error.name}` at the top of the cell"
        return "a misspelled name, or one that is used before it is assigned", "compare its spelling, letter by letter"
    if type(error).__name__ == "FrozenInstanceError":  # by name: from the judge it has a type of its own
        return "your function assigns to an argument's field", "assign to a variable of your own instead"
    if isinstance(error, ValueError) and str(error).endswith("not in list"):
        return (
            "`index` or `remove` looks for a value that the list does not hold",
            "print the list and the value; the entry at a place is list[place]",
        )
    if isinstance(error, (TypeError, AttributeError)) and "NoneType" in str(error):
        return (
            "a value in this line is None: an argument that may be None, or the result of a function or method without "
            "one, such as append, sort or reverse",
            "print the values in this line",
        )
    if isinstance(error, AttributeError):
        return "a misspelled attribute, or a value of another kind", "print the value before the dot, and its type"
    return "", "call your function with these arguments in a new cell and print what it computes on the way"


def _innermost_function(error: BaseException) -> str:
    """The student's function that raised, which may be an earlier exercise that this one calls."""
    trace, name = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if trace.tb_frame.f_globals.get("__name__") == "__main__" and not code.co_name.startswith("<"):
            name = code.co_name
        trace = trace.tb_next
    return name
