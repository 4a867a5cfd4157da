"""Next steps for errors that no test explains: a name that is not defined, an answer that is not written, and what
goes wrong where a demonstration draws or prints with the student's functions.
"""

from traceback import walk_tb
from types import FrameType, TracebackType
from typing import Any

from labkit.failure import CheckFailed, own_line


def advice(error: BaseException) -> CheckFailed | None:
    """The message to show instead of the traceback, or None if `error` is of another kind or arose in a library."""
    frame = _innermost(error)
    if frame is None or frame.f_globals.get("__name__") != "__main__":
        return None
    function = frame.f_code.co_name
    in_function = not function.startswith("<")  # a cell's own code is "<module>"
    if isinstance(error, NotImplementedError) and not str(error):
        if in_function:
            return not_written(function)
        return CheckFailed(
            "This cell is not answered yet.",
            step="replace the line `raise NotImplementedError()` by your own lines and run the cell again",
        )
    if type(error) is NameError and error.name:
        return CheckFailed(
            f"{error.name} is not defined yet.",
            "its cell has not run yet, or the name is misspelled",
            "answer and run the cell that defines it, then run this one. After a restart, "
            "Run > Run All Above Selected Cell runs the cells above this one, up to the first that fails",
            own_line(error, function) if in_function else "",
        )
    return None


def not_written(function: str) -> CheckFailed:
    """The message for a function that is still as it was handed out."""
    return CheckFailed(
        f"{function} is not written yet.",
        step="replace the line `raise NotImplementedError()` by your own code, run its cell, then run this one again",
    )


# What a wrong result of a student's function raises where labkit goes on with it. No SyntaxError: IPython shows those.
OF_WRONG_RESULTS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
DEMONSTRATION = "Next step: this cell uses your functions. Run the test of each one; repair first what does not pass."


def in_demonstration(error: BaseException) -> bool:
    """Whether `error` passed through labkit: it may come of what a student's function returned, of any kind."""
    modules = (frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__))
    return not isinstance(error, CheckFailed) and any(name.partition(".")[0] == "labkit" for name in modules)


def show_next_steps(shell: Any) -> None:
    """Let IPython show this advice: in place of the traceback, or below that of a demonstration."""

    def handler(
        shell: Any, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None
    ) -> None:
        message = advice(error)
        if message is None and in_demonstration(error):
            error.add_note(DEMONSTRATION)
        shown = (kind, error, trace) if message is None else (type(message), message, None)
        shell.showtraceback(shown, tb_offset=tb_offset)

    shell.set_custom_exc((NameError, *OF_WRONG_RESULTS), handler)


def _innermost(error: BaseException) -> FrameType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame if trace is not None else None
