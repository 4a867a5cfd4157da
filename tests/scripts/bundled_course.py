"""A copy of the course, and the command that makes students' files of it."""

import contextlib
import importlib
import io
import shutil
import sys
from pathlib import Path

from binder_rehearsal import REPOSITORY
from course_files import course_files


def copy_of_course(folder: Path) -> Path:
    """Copies what a clone of the course would have into `folder`, with files of no mode of their own."""
    for name in course_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, folder / name)
    return folder


def bundle(course: Path, *words: str, status: int = 0) -> str:
    """What `python scripts/bundle.py WORDS` prints in that course, on both its outputs; it must end with `status`.

    It runs in this process: nbgrader, which it imports, takes seconds to start.
    """
    path, said = sys.path[:], io.StringIO()
    sys.path.insert(0, str(REPOSITORY / "scripts"))
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            ended = importlib.import_module("bundle").main(list(words), course)
    except SystemExit as usage:
        ended = usage.code
    finally:
        sys.path[:] = path
    assert ended == status, said.getvalue()
    return said.getvalue()
