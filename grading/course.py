"""The course's configuration and what its source notebooks say, as the commands and nbgrader's steps read them."""

import logging
import re
import traceback
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from grading.wire.channel import sendable

quiet = logging.getLogger("grading")  # for nbgrader's own parts, where a command says in its own words what went wrong
quiet.addHandler(logging.NullHandler())
quiet.propagate = False


def load_config(root: Path, db_url: str | None) -> Config:
    """The course's configuration. Errors: ValueError if there is none here, or if it cannot be read."""
    if not (root / "nbgrader_config.py").is_file():
        raise ValueError(f"{root} contains no nbgrader_config.py. Next step: change to the course's root directory.")
    try:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    except Exception as error:  # of any kind: it is an instructor's own code
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename.endswith("nbgrader_config.py")]
        line = lines[-1] if lines else getattr(error, "lineno", "?")  # of a syntax error no line has run
        why = f"{type(error).__name__}: {getattr(error, 'msg', error)}"
        raise ValueError(f"nbgrader_config.py, line {line}: {why}. Next step: correct it.") from error
    config.CourseDirectory.root = str(root)
    if db_url:
        # SQLAlchemy's default driver depends on its version; psycopg serves with all of them.
        config.CourseDirectory.db_url = re.sub("^postgres(ql)?://", "postgresql+psycopg://", db_url)
    return config


@dataclass(frozen=True)
class SourceNotebook:
    """What an instructor's notebook says that the gradebook does not.

    order: the names of its cells, from the top. demonstrations: the code cells that it shows ungraded, as_typed.
    """

    order: tuple[str, ...] = ()
    demonstrations: frozenset[str] = frozenset()


def source_notebook(course: CourseDirectory, assignment: str, notebook: str) -> SourceNotebook:
    """Read it from source/; empty if it is not there."""
    path = Path(course.format_path(course.source_directory, ".", assignment), f"{notebook}.ipynb")
    try:
        cells = nbformat.read(path, as_version=4).cells
    except Exception:  # then every cell of the submission runs, and the order is the gradebook's
        return SourceNotebook()
    own = (as_typed(cell.source) for cell in cells if cell.cell_type == "code" and "nbgrader" not in cell.metadata)
    names = (cell.metadata.nbgrader.get("grade_id", "") for cell in cells if "nbgrader" in cell.metadata)
    return SourceNotebook(tuple(names), frozenset(own))


def as_typed(source: str) -> str:
    """A cell's source without what editors change on their own: line ends of Windows, blanks at ends of lines."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def student_of(converter: BaseConverter, folder: str) -> str:
    """The student whose submission is in this folder, as nbgrader reads it from the path."""
    pattern = converter._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
    return re.match(pattern, folder).group("student_id")


def other_files(folder: Path, max_bytes: int) -> dict[str, bytes]:
    """The files of a folder beside its notebooks, by path; links and special files are left out.

    max_bytes: of all together; what does not fit is left out.
    """
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        is_cache = any(part.startswith(".") or part == "__pycache__" for part in name.parent.parts)
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb" or is_cache:
            continue
        size = path.stat().st_size
        if size <= max_bytes:
            files[sendable(name.as_posix())] = path.read_bytes()  # a zip may hold names in Latin-1
            max_bytes -= size
    return files
