"""The student's errors in words for the judge, and the judge's as the student's code gets them."""

import builtins
import linecache

from grading.wire.channel import sendable


def own_line(error: BaseException) -> tuple[str, int, str] | None:
    """Where the innermost of the student's own lines that an error came through stands: function, number, text."""
    found, trace = None, error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if trace.tb_frame.f_globals.get("__name__") == "__main__":
            text = linecache.getline(code.co_filename, trace.tb_lineno).strip()[:500]
            found = code.co_name[:200], trace.tb_lineno, sendable(text)
        trace = trace.tb_next
    return found


def names_of(error: BaseException) -> tuple[str, str]:
    """An error's own name, and that of the kind of Python's own errors which it is."""
    bases = (kind for kind in type(error).__mro__ if getattr(builtins, kind.__name__, None) is kind)
    return sendable(type(error).__name__[:200]), next(bases).__name__


def builtin_error(name: str) -> type:
    kind = getattr(builtins, name, None)
    return kind if isinstance(kind, type) and issubclass(kind, Exception) else RuntimeError


def text_of(error: BaseException) -> str:
    try:
        return sendable(str(error)[:2000])
    except BaseException:  # noqa: B036 (it is the student's code)
        return ""
