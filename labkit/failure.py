"""A failing test: its message, and nothing else."""

import linecache
from typing import Any

import numpy as np

OWN_LINE = "Your code, "


class CheckFailed(AssertionError):
    """What a test says: what happened, the likely cause, the next step.

    IPython asks an exception for its own traceback by `_render_traceback_`, so the notebook, Validate and the
    stored output hold exactly the lines of the message.
    """

    def __init__(self, what: str, cause: str = "", step: str = "", where: str = "") -> None:
        self.what, self.cause, self.step, self.where = what.rstrip("\n"), cause, step, where
        lines = [self.what, where]
        lines += [f"Likely cause: {_sentence(cause)}"] if cause else []
        lines += [f"Next step: {_sentence(step)}"] if step else []
        super().__init__("\n".join(line for line in lines if line))

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class HiddenFailed(CheckFailed):
    """A hidden test failed. Its message is made of the author's words alone: nothing of it comes from the answer."""


def own_line(error: BaseException, tested: str = "") -> str:
    """The innermost line of the student's own code that `error` came through, or "".

    tested: the function under test; a line of another function is shown with that function's name.
    A note on the error that begins with OWN_LINE goes first: where the student's code runs in another process, the
    traceback stays there.
    """
    notes: list[str] = getattr(error, "__notes__", [])
    for note in notes:
        if note.startswith(OWN_LINE):
            return note
    trace, found = error.__traceback__, ""
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__") == "__main__":
            code = trace.tb_frame.f_code
            text = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            found = own_line_text(code.co_name, trace.tb_lineno, text, tested) if text else found
        trace = trace.tb_next
    return found


def own_line_text(function: str, number: int, text: str, tested: str) -> str:
    """A line of the student's code as a message shows it."""
    place = "" if function == tested or not function.isidentifier() else f"{function}, "
    return f"{OWN_LINE}{place}line {number}: {text}"


def a_type(value: object) -> str:
    """The type of a value with its article: "a list", "an ndarray"."""
    name = type(value).__name__
    return f"an {name}" if name[:1].lower() in "aeio" or name.startswith("nd") else f"a {name}"


def shortened(value: object, length: int = 60) -> str:
    """`repr(value)`, cut to `length` characters; a value may be the student's, whose repr may fail."""
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return cut(text, length)


def cut(text: str, length: int) -> str:
    """`text`, of `length` characters at most."""
    return text if len(text) <= length else text[: length - 3] + "..."


def rounded_list(array: Any) -> list[Any]:
    """The numbers of an array as a message shows them, with three decimals."""
    numbers: list[Any] = np.round(np.asarray(array, dtype=float), 3).tolist()
    return numbers


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
