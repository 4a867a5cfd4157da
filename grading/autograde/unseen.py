"""Work that was handed in and is not graded: under another name, in another place, or not at all. Nothing is moved."""

import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from grading.collect.candidates import ARCHIVES
from grading.collect.labs import Labs, Notebook
from grading.judge.job import Verdict
from grading.plain_text import one_line
from grading.steps.entry import MAX_NOTEBOOK_BYTES, is_note, read_regular

NOT_WORK = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}
PACKED = (".zip", *ARCHIVES)
MAX_LISTED = 1000  # folders and files of a student, in search of the submission


def other_work(folder: Path, names: set[str], labs: Labs | None) -> list[tuple[str, str]]:
    """What of a submission is not graded though it may be work: files, and the rest of a sentence about each.

    names: of the assignment's notebooks that were handed in.
    """
    found = []
    for path in _files(folder):
        shown = one_line(path.relative_to(folder).as_posix())
        if path.name.casefold().endswith(PACKED):
            found.append((shown, "was not unpacked, and not graded. Next step: unpack it, and look into it."))
        elif ".ipynb" in path.name and not (path.parent == folder and path.suffix == ".ipynb" and path.stem in names):
            found.append((shown, f"was not graded: {_what_it_is(path, folder, labs)}"))
    return found


def set_aside_before(folder: Path, names: set[str]) -> list[str]:
    """Which notebooks an earlier run set aside that were not handed in again since, in sentences."""
    return [
        f"{name}.ipynb was set aside and not graded: it is in {folder.name}.set-aside. Next step: ask for a new copy."
        for name in sorted(names)
        if is_note(folder / f"{name}.ipynb")
    ]


def about_notebooks(contents: dict[str, bytes], names: set[str], labs: Labs | None) -> list[str]:
    """Why a whole notebook has no points, in sentences. contents: of the notebooks that were handed in, by name."""
    sentences = [f"{name} was not handed in." for name in sorted(names - contents.keys())]
    for name, content in contents.items():
        found = _recognised(content, labs)
        if isinstance(found, Notebook) and found.lab != name:
            sentences.append(f"{name} holds the cells of {found.lab}. Next step: ask for {name}, or rename it.")
        elif isinstance(found, Notebook) and not found.own:
            sentences.append(f"{name} is as it was released: it holds no answer.")
    return sentences


def newer_python(pythons: dict[str, str], verdict: Verdict) -> list[str]:
    """Which notebooks may hold syntax that Python does not have here yet, in sentences. pythons: theirs, by name."""
    here = sys.version_info.minor
    sentences = []
    for name, version in pythons.items():
        theirs = re.match(r"3\.(\d{1,3})\b", version)
        has_failed = any(output.get("ename") == "SyntaxError" for cell in verdict.outputs[name] for output in cell)
        if has_failed and theirs and int(theirs[1]) > here:
            sentences.append(f"{name} was written with Python {theirs[0]}. Here it is 3.{here}: hence a SyntaxError?")
    return sentences


def misplaced(submitted: Path, assignment: str) -> dict[str, str]:
    """By student, where work lies that is in no folder of the assignment's name."""
    return {
        student.name: why
        for student in sorted(submitted.iterdir())
        if student.is_dir() and not (student / assignment).exists() and (why := _misplaced(student, assignment))
    }


def other_form(student: str, known: set[str]) -> str:
    """The name of one whom the gradebook knows in another Unicode form, as macOS writes it; "" if there is none."""
    form = unicodedata.normalize("NFC", student)
    return form if form != student and form in known else ""


def _misplaced(student: Path, assignment: str) -> str:
    right = one_line(f"{student.name}/{assignment}")
    for path in sorted(student.iterdir()):
        shown = one_line(path.name)
        if path.is_dir() and path.name.casefold() == assignment.casefold():
            return f"Its folder is called {shown}. Next step: rename it to {assignment}."
        if path.suffix == ".ipynb":
            return f"{shown} is one folder too high. Next step: move it to {right}."
        if path.is_dir() and (path / assignment).is_dir():
            return f"{shown}/{assignment} is one folder too low. Next step: move it to {right}."
        if path.name.casefold().endswith(PACKED):
            return f"{shown} was not unpacked. Next step: unpack it into {right}."
    return ""


def _files(folder: Path) -> Iterator[Path]:
    num_seen = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_WORK)
        num_seen += len(folders) + len(names)
        if num_seen > MAX_LISTED:
            return
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("._"))


def _what_it_is(path: Path, folder: Path, labs: Labs | None) -> str:
    found = _recognised(path, labs)
    if isinstance(found, str):
        return f"{found}."
    target = folder / f"{found.lab}.ipynb"
    if not target.exists():
        return f"it is {found.lab}. Next step: rename it to {found.lab}.ipynb."
    graded = _recognised(target, labs)
    if not found.own:
        return f"it is {found.lab}, and holds no answer."
    if isinstance(graded, Notebook) and found.texts <= graded.texts:
        return f"it is a copy of {found.lab}, which was graded, and has no more in it."
    return f"it is a copy of {found.lab} with other answers. Next step: if it is meant, rename it to {target.name}."


def _recognised(notebook: Path | bytes, labs: Labs | None) -> Notebook | str:
    """Which lab it is, or why that is not known; None for labs: nothing was released."""
    if labs is None:
        return "it has not the name of a notebook of this assignment"
    try:
        content = notebook if isinstance(notebook, bytes) else read_regular(notebook, MAX_NOTEBOOK_BYTES)
        return labs.recognise(content)
    except (OSError, ValueError) as error:
        return one_line(str(error))
