"""Why a submission is not graded, told by looking at it. Nothing is changed, as autograde would."""

from collections.abc import Collection
from pathlib import Path

from nbgrader.utils import parse_utc

from grading.plain_text import one_line
from grading.steps.entry import MAX_NOTEBOOK_BYTES, MAX_TIME_BYTES, read_regular
from grading.steps.readable import why_unreadable

NOT_YET = "It has not been graded yet."


def why(folder: Path | None, labs: Collection[str]) -> tuple[str, str]:
    """The reason, and the names of the files that it is about.

    folder: of the submission, if there is one. labs: the names of the assignment's notebooks.
    """
    if folder is None:
        return "The gradebook knows of it, but it is no longer in submitted/.", ""
    if folder.is_symlink() or not folder.is_dir():
        return "It is not a folder.", ""
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        return "It contains no notebook.", ", ".join(one_line(path.name, 60) for path in sorted(folder.iterdir())[:5])
    known = [path for path in notebooks if path.stem in labs]
    if not known:
        return "No notebook has the name of a lab.", ", ".join(one_line(path.name, 60) for path in notebooks[:5])
    if unreadable := [path.name for path in known if _is_damaged(path)]:
        return "A notebook cannot be read.", ", ".join(unreadable)
    if not _has_good_time(folder / "timestamp.txt"):
        return "timestamp.txt contains no time.", ""
    return NOT_YET, ""


def _is_damaged(path: Path) -> bool:
    try:
        return bool(why_unreadable(read_regular(path, MAX_NOTEBOOK_BYTES)))
    except (OSError, ValueError):
        return True


def _has_good_time(path: Path) -> bool:
    try:
        text = read_regular(path, MAX_TIME_BYTES).decode().strip()
        return not text or parse_utc(text) is not None
    except FileNotFoundError:
        return True
    except Exception:  # dateutil has many
        return False
