"""What goes wrong while nbgrader works on a submission: in words, and whether the others can still be graded."""

import errno

from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import DataError as UnfitData
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from grading.judge.process import JudgeFailed

DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class CannotGoOn(Exception):
    """The gradebook or the disk fails; grading others would fail as well."""


def what_stops_all(error: BaseException) -> str | None:
    """Why no other submission can be graded either, or None if this one fails alone.

    nbgrader wraps a failing database in exceptions of its own, so the whole chain counts.
    """
    while error is not None:
        if isinstance(error, DBAPIError) and not isinstance(error, (IntegrityError, UnfitData, ProgrammingError)):
            return _database_in_words(error)
        if isinstance(error, OSError) and error.errno in DISK_ERRORS:
            return f"{error.filename or 'The disk'}: {error.strerror}."
        error = error.__cause__ or error.__context__
    return None


def in_words(error: BaseException) -> str:
    """One line that says what went wrong."""
    text = " ".join(str(error).split())
    is_sentence = isinstance(error, (NbGraderException, JudgeFailed, ValueError))
    return text if is_sentence and text else f"{type(error).__name__}: {text}"


def _database_in_words(error: DBAPIError) -> str:
    text = " ".join(str(error.orig or error).split())
    if "database is locked" in text:
        text += " (another program is using it: the Formgrader, another autograde, or a database browser)"
    return f"Gradebook error: {text}."
