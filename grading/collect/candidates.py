"""The files of one submission that could come in, and which of them do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import PurePosixPath

from grading.collect.files import READ_ERRORS, File, opened
from grading.collect.labs import Labs
from grading.collect.platforms import HandedIn
from grading.collect.report import Report
from grading.plain_text import one_line
from grading.steps.entry import MAX_BYTES, MAX_FILE_BYTES, MAX_FILES, MAX_NOTEBOOK_BYTES

ARCHIVES = {".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz"}


@dataclass(frozen=True)
class Candidate:
    """A file that could be `target` in the submission. own: characters of the student's, in a notebook."""

    target: str
    path: str
    source: str
    attempt: str
    content: bytes
    own: int = 0

    @property
    def rank(self) -> tuple:
        """The greatest wins: answered before untouched, later before earlier, more before less."""
        return self.own > 0, self.attempt, self.own, self.path


def candidates(handed_in: HandedIn, labs: Labs, zone: tzinfo, report: Report) -> list[Candidate]:
    """The notebooks that are labs, and the files beside them, within the limits of a submission.

    Nothing if there is no such notebook. What is left out goes into the report.
    """
    notebooks, others, num_bytes = [], [], 0
    for path, attempt, file in _files(handed_in, zone):
        if file.is_of_a_system or not path:
            report.add("not submitted")
            continue
        name = PurePosixPath(path).name.lower()
        try:
            if file.trouble:
                raise ValueError(file.trouble)
            if PurePosixPath(name).suffix in ARCHIVES:
                raise ValueError("an archive other than zip. Next step: unpack it, and use --from folder")
            if len(notebooks) + len(others) >= MAX_FILES:
                raise ValueError(f"the student handed in more than {MAX_FILES:,} files")
            is_notebook = ".ipynb" in name  # browsers add .txt and .json
            content = file.read(min(MAX_NOTEBOOK_BYTES if is_notebook else MAX_FILE_BYTES, MAX_BYTES - num_bytes))
            num_bytes += len(content)
            candidate = Candidate(path, path, file.path, attempt, content)
            if is_notebook:
                found = labs.recognise(content)
                notebooks.append(replace(candidate, target=f"{found.lab}.ipynb", own=found.own))
            else:
                others.append(candidate)
        except READ_ERRORS as error:
            report.add("left", file.path, f"{one_line(str(error))}.")
    return [*notebooks, *_beside(notebooks, others, report)]


def best(found: list[Candidate], report: Report) -> list[Candidate]:
    """One for each target; the others go into the report."""
    chosen: dict[str, Candidate] = {}
    for candidate in sorted(found, key=lambda candidate: candidate.rank, reverse=True):
        winner = chosen.setdefault(candidate.target, candidate)
        if winner is not candidate:
            report.add("superseded", candidate.source, _why(candidate, winner))
    return list(chosen.values())


def _files(handed_in: HandedIn, zone: tzinfo) -> Iterator[tuple[str, str, File]]:
    for path, attempt, file in handed_in.files:
        if not (file.is_zip and path) or file.trouble or file.is_of_a_system:
            yield path, attempt, file
            continue
        start = len(file.path) - len(path)  # a zip is a folder of its name
        yield from ((found.path[start:], attempt, found) for found in opened(file, zone))


def _beside(notebooks: list[Candidate], others: list[Candidate], report: Report) -> Iterator[Candidate]:
    """The other files, where the notebooks expect them."""
    base = f"{PurePosixPath(notebooks[0].path).parent}/" if notebooks else ""
    for other in others:
        other = replace(other, target=other.path.removeprefix(base))
        if not notebooks:
            report.add("left", other.source, "it comes without a notebook of this assignment.")
        elif other.target.casefold() == "timestamp.txt":  # or a student could choose the time
            report.add("not submitted", other.source, "this name is reserved for nbgrader")
        else:
            yield other


def _why(loser: Candidate, winner: Candidate) -> str:
    """Why it gives way, in words; see Candidate.rank."""
    if loser.content == winner.content:
        return f"{winner.path} is the same"
    if winner.own and not loser.own:
        return f"it has no answers, unlike {winner.path}"
    return f"{winner.path} " + ("is from a later attempt" if winner.attempt > loser.attempt else "has more in it")
