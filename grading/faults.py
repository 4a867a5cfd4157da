"""What goes wrong while nbgrader and the gradebook are at work: in words, and whether it stops everything."""

import errno
from concurrent.futures import BrokenExecutor

from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import DataError as UnfitData
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from traitlets import TraitError

from grading.judge.process import JudgeFailed
from grading.sandbox import SandboxUnavailable

DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class CannotGoOn(Exception):
    """The gradebook or the disk fails; grading others would fail as well."""


def refusal(error: Exception, db_url: str | None) -> str | None:
    """Why a command did not begin or broke off, and the next step; None for an error that nobody expected.

    db_url: what was asked for with --db.
    """
    if isinstance(error, CannotGoOn):
        return f"{error}\nNothing is half-written: fix this, then run the same command again."
    if isinstance(error, SQLAlchemyError):
        address = f"--db {db_url}" if db_url else "db_url in nbgrader_config.py"
        return f"{what_stops_all(error) or in_words(error)}\nNext step: check that {address} is the gradebook's URL."
    if isinstance(error, ModuleNotFoundError):
        needs_psycopg = "A gradebook in PostgreSQL needs psycopg. Next step: pip install 'mini-vllm[postgresql]'"
        return needs_psycopg if error.name == "psycopg" else None
    expected = SandboxUnavailable, NbGraderException, ValueError, OSError, ImportError, BrokenExecutor, TraitError
    return str(error) if isinstance(error, expected) else None


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
