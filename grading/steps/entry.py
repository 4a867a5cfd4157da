"""Sets aside what a submission must not hand on: links, special files, and what is too much.

nbgrader copies submitted files into autograded/, and later into feedback/, and follows links on the way: a link to
the gradebook would come back to the student as a copy of it, and a FIFO or a device would never be read to its end.
nbgrader_config.py names `set_aside` as nbgrader's pre_convert_hook, which comes before the copy.
"""

import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

MAX_FILES = 1000
MAX_DEPTH = 20
MAX_FILE_BYTES = 2**25
MAX_NOTEBOOK_BYTES = 2**26
MAX_BYTES = 2**27  # all files together
KINDS = {
    stat.S_ISFIFO: "a FIFO",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}
log = logging.getLogger(__name__)


def set_aside(assignment: str, student: str, notebooks: list[str]) -> None:
    """Move what may not be followed or copied out of the submission that holds `notebooks`, and leave notes.

    It goes to a folder beside the submission, ASSIGNMENT.set-aside. A notebook is replaced by an empty one that says
    why, so that it is graded, with no points; anything else by a text file, NAME.not-followed.txt.
    """
    for folder in sorted({Path(notebook).parent for notebook in notebooks}):
        try:
            _clean(folder)
        except OSError as error:  # nbgrader would go on, and copy what is left
            log.error("%s could not be searched: %s", folder, error)
            notebooks.clear()
            raise


def _clean(folder: Path) -> None:
    if folder.is_symlink():
        names = [path.name for path in folder.glob("*.ipynb")]
        _move(folder, folder, "")
        folder.mkdir()
        for name in names:
            _leave_note(folder / name, "in a folder that is a link")
        return
    for path, why in list(_refused(folder)):
        _move(path, folder, path.relative_to(folder).as_posix())
        _leave_note(path, why)


def _refused(folder: Path) -> Iterator[tuple[Path, str]]:
    """What has to go, and why. Folders that are too deep, or hold too many files, go as a whole."""
    num_files = num_bytes = 0
    for parent, folders, names in os.walk(folder, topdown=True):
        depth = len(Path(parent).relative_to(folder).parts)
        for name in sorted(folders):
            path = Path(parent, name)
            if path.is_symlink():
                yield path, f"a link to {os.readlink(path)}"
            elif depth + 1 >= MAX_DEPTH:
                yield path, f"a folder more than {MAX_DEPTH} deep"
            elif name not in (".ipynb_checkpoints", "__pycache__") and _has_too_many(path):
                yield path, f"a folder with more than {MAX_FILES:,} files"
            else:
                continue
            folders.remove(name)
        for name in sorted(names, key=lambda name: (not name.endswith(".ipynb"), name)):
            path = Path(parent, name)
            state = path.lstat()
            why = _what_is_wrong(path, state)
            if not why and num_files >= MAX_FILES:
                why = f"one of more than {MAX_FILES:,} files"
            if not why and num_bytes + state.st_size > MAX_BYTES:
                why = f"one of files of more than {MAX_BYTES:,} bytes together"
            if why:
                yield path, why
            else:
                num_files, num_bytes = num_files + 1, num_bytes + state.st_size


def _has_too_many(folder: Path) -> bool:
    found = 0
    for _, _, names in os.walk(folder):
        found += len(names)
        if found > MAX_FILES:
            return True
    return False


def _what_is_wrong(path: Path, state: os.stat_result) -> str:
    """Why a file can't stay; "" if it can."""
    if stat.S_ISLNK(state.st_mode):
        return f"a link to {os.readlink(path)}"
    for is_kind, name in KINDS.items():
        if is_kind(state.st_mode):
            return name
    if state.st_nlink > 1:
        return "a hard link: the same file also exists elsewhere"
    most = MAX_NOTEBOOK_BYTES if path.suffix == ".ipynb" else MAX_FILE_BYTES
    return f"too large: {state.st_size:,} bytes, at most {most:,}" if state.st_size > most else ""


def _move(path: Path, folder: Path, inside: str) -> None:
    """Move `path` to the folder beside the submission, out of the way of what was moved there before."""
    target = folder.with_name(f"{folder.name}.set-aside") / inside
    number = 1
    while os.path.lexists(target):
        number += 1
        target = target.with_name(f"{target.name}.{number}")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.rename(path, target)


def _leave_note(path: Path, why: str) -> None:
    text = f"{path.name} was {why}. It was set aside and not graded. Next step: submit a copy of the file itself."
    text = text.encode("utf-8", "replace").decode()
    log.warning("%s: %s", path, text)
    if path.suffix == ".ipynb":
        cell = {"cell_type": "markdown", "id": "set-aside", "metadata": {}, "source": text}
        path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    else:
        path.with_name(f"{path.name}.not-followed.txt"[-200:]).write_text(text + "\n")
