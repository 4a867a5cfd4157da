"""What of a submission may come in: regular files, bounded in number, size and depth.

nbgrader reads timestamp.txt and copies all files, following links: a FIFO would stop the class, a link to the gradebook
would come back to the student as a copy of it. So a submission is looked at before nbgrader opens any file of it.
"""

import contextlib
import itertools
import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import parse_utc

from grading.plain_text import few, one_line
from grading.sandbox import SandboxUnavailable, find_sandbox
from grading.steps.execute import is_sandbox_waived
from grading.steps.readable import notebook_of, why_unreadable

MAX_FILES = 1000  # and folders, together
MAX_DEPTH = 20
MAX_FILE_BYTES = 2**25
MAX_NOTEBOOK_BYTES = 2**26
MAX_BYTES = 2**27  # all files together
MAX_TIME_BYTES = 1000
MAX_NOTE_BYTES = 8192
NOTE_ID = "set-aside-and-not-graded"  # of the cell that stands in place of a notebook
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Refused(ValueError):
    """A submission that cannot be graded before a person has looked at it; the message says why."""


class CheckedSubmissions(NotebookExporter):
    """Looks at submissions on behalf of nbgrader's Autograde, however that is started.

    nbgrader makes its exporter when it has listed the submissions and before it opens one: no hook of it comes as
    early. What is refused is taken off the list. Errors: NbGraderException if nothing is left on it, or if there is no
    sandbox, which is said once, and not for each student.
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        found, refused = self.parent.assignments, False
        try:
            if found:
                find_sandbox(is_sandbox_waived())
        except SandboxUnavailable as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        for folder in list(found):
            try:
                for sentence in few(admit(Path(folder))):
                    self.log.warning("%s: %s", one_line(folder, 1000), sentence)
            except Refused as why:
                refused = True
                del found[folder]
                self.log.error("There was an error processing assignment: %s: %s", one_line(folder, 1000), why)
        if refused and not found:
            raise NbGraderException("No submission could be graded; the lines above say why.")

    def from_file(self, file_stream: IO[str], resources: dict | None = None, **more: Any) -> tuple[str, dict]:
        """As nbconvert's, for notebooks whose own metadata some editor has left out or made null, too."""
        return self.from_notebook_node(notebook_of(file_stream.read()), resources, **more)


def admit(folder: Path) -> list[str]:
    """Set aside what of a submission may not come in. Returns what that was, in sentences.

    Errors: Refused if the folder or the student's is a link, cannot be searched, has a timestamp.txt without a time, or
    no notebook that can be read.
    """
    for path in (folder, folder.parent):
        if link := _link(path):
            raise Refused(f"{one_line(path.name)} is {one_line(link)}. Next step: replace it by a copy.")
    if not folder.is_dir():
        raise Refused(f"{one_line(folder.name)} is a file, not a folder.")
    try:
        sentences = _set_aside(folder, list(_refused(folder)))
    except OSError as error:
        raise Refused(f"The submission cannot be searched: {one_line(str(error))}.") from None
    try:
        text = read_regular(folder / "timestamp.txt", MAX_TIME_BYTES).decode().strip()
        if text:
            parse_utc(text)
    except FileNotFoundError:
        pass
    except Exception:  # dateutil has many
        raise Refused(
            "timestamp.txt contains no time, such as 2026-01-31 12:00:00 UTC. Next step: correct it, or delete it."
        ) from None
    return sentences + _set_aside(folder, _unreadable(folder))


def read_regular(path: Path, max_bytes: int) -> bytes:
    """The content of a regular file. Errors: OSError; ValueError if it is something else, or larger."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        if why := _what_is_wrong(os.fstat(file.fileno()), max_bytes):
            raise ValueError(f"it is {why}")
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise ValueError(f"it is larger than {max_bytes:,} bytes")
    return content


def is_note(path: Path) -> bool:
    """Whether a notebook is the one that stands in place of what was set aside."""
    return path.stat().st_size < MAX_NOTE_BYTES and NOTE_ID.encode() in read_regular(path, MAX_NOTE_BYTES)[:200]


def _set_aside(folder: Path, refused: list[tuple[Path, str]]) -> list[str]:
    """Move what may not come in, with the reasons, to ASSIGNMENT.set-aside, beside the submission.

    A notebook is replaced by an empty one that says why, so that it is graded, with no points; anything else by a text
    file, NAME.not-followed.txt.
    """
    sentences = []
    for path, why in refused:
        name = path.relative_to(folder).as_posix()
        sentences.append(f"{name} was {why}. It was set aside and not graded.")
        _move(path, folder.with_name(f"{folder.name}.set-aside") / name)
        _leave_note(path, sentences[-1])
    return sentences


def _refused(folder: Path) -> Iterator[tuple[Path, str]]:
    """What has to go, and why. Folders that are too deep, or hold too many files, go as a whole."""
    timestamp = folder / "timestamp.txt"
    num_files = num_bytes = 0
    for parent, folders, names in os.walk(folder, onerror=_raise):
        depth = len(Path(parent).relative_to(folder).parts)
        for name in sorted(folders):
            path = Path(parent, name)
            is_for_a_file = path == timestamp or (path.parent == folder and path.suffix == ".ipynb")
            why = _link(path) or ("a folder" if is_for_a_file else "") or _name(path) or _rights(path)
            if not why and depth + 1 >= MAX_DEPTH:
                why = f"a folder more than {MAX_DEPTH} deep"
            if not why and name not in (".ipynb_checkpoints", "__pycache__") and _has_too_many(path):
                why = f"a folder with more than {MAX_FILES:,} files"
            if why:
                yield path, why
                folders.remove(name)
        for name in sorted(names, key=lambda name: (not name.endswith(".ipynb"), name)):
            path = Path(parent, name)
            state = path.lstat()
            most = MAX_NOTEBOOK_BYTES if path.suffix == ".ipynb" else MAX_FILE_BYTES
            most = MAX_TIME_BYTES if path == timestamp else most
            why = _link(path) or _what_is_wrong(state, most) or _name(path) or _rights(path)
            if not why and num_files >= MAX_FILES:
                why = f"one of more than {MAX_FILES:,} files"
            if not why and num_bytes + state.st_size > MAX_BYTES:
                why = f"one of files of more than {MAX_BYTES:,} bytes together"
            if why:
                yield path, why
            else:
                num_files, num_bytes = num_files + 1, num_bytes + state.st_size


def _unreadable(folder: Path) -> list[tuple[Path, str]]:
    """The notebooks that are none, and why. Errors: Refused if no other is left."""
    notebooks = [path for path in sorted(folder.glob("*.ipynb")) if not path.name.startswith(".")]
    found = [(path, why) for path in notebooks if (why := why_unreadable(read_regular(path, MAX_NOTEBOOK_BYTES)))]
    if found and len(found) == len(notebooks):
        reasons = few([f"{one_line(path.name)} is {why}." for path, why in found])
        raise Refused(" ".join([*reasons, "Next step: ask for a new copy."]))
    return found


def _raise(error: OSError) -> None:
    raise error


def _has_too_many(folder: Path) -> bool:
    counts = itertools.accumulate(len(folders) + len(names) for _, folders, names in os.walk(folder))
    return any(count > MAX_FILES for count in counts)


# --- why a path may not come in; "" if it may ---


def _link(path: Path) -> str:
    return f"a link to {os.readlink(path)}" if path.is_symlink() else ""


def _name(path: Path) -> str:
    """nbgrader prints the names of the files that it copies."""
    return "named with control characters, which a terminal would obey" if OBEYED.search(path.name) else ""


def _rights(path: Path) -> str:
    """Opens to this account what it owns and may not read."""
    wanted, missing = (os.R_OK | os.X_OK, stat.S_IRWXU) if path.is_dir() else (os.R_OK, stat.S_IRUSR)
    if not os.access(path, wanted):
        with contextlib.suppress(OSError):
            path.chmod(path.stat().st_mode | missing)
    return "" if os.access(path, wanted) else "not readable for this account"


def _what_is_wrong(state: os.stat_result, max_bytes: int) -> str:
    if kind := KINDS.get(stat.S_IFMT(state.st_mode)):
        return kind
    if state.st_nlink > 1:
        return "a hard link: the same file also exists elsewhere"
    return f"too large: {state.st_size:,} bytes, at most {max_bytes:,}" if state.st_size > max_bytes else ""


def _move(path: Path, target: Path) -> None:
    """Move `path` to `target`, or beside what was moved there before."""
    number = 1
    while os.path.lexists(target):
        number += 1
        target = target.with_name(f"{target.name}.{number}")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.rename(path, target)


def _leave_note(path: Path, sentence: str) -> None:
    text = f"{one_line(sentence, 1000)} Next step: submit a new copy."
    if path.suffix == ".ipynb" and not OBEYED.search(path.name):
        cell = {"cell_type": "markdown", "id": NOTE_ID, "metadata": {}, "source": text}
        path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    else:
        path.with_name(f"{one_line(path.name)}.not-followed.txt"[-200:]).write_text(text + "\n")
