"""One student's files, from the download into submitted/."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath

from grading.collect.files import READ_ERRORS, File, opened
from grading.collect.labs import Labs
from grading.collect.ledger import Entry, Ledger, digest
from grading.collect.platforms import HandedIn
from grading.collect.times import TIMESTAMP, recorded
from grading.plain_text import one_line
from grading.steps.entry import MAX_BYTES, MAX_FILE_BYTES, MAX_FILES, MAX_NOTEBOOK_BYTES, MAX_TIME_BYTES, read_regular

ARCHIVES = {".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz"}


WHAT = ("taken", "unchanged", "superseded", "left", "not submitted")


@dataclass
class Report:
    """counts: of files, by what became of them (see WHAT). lines: what there is to say of some of them.

    has_time: whether it is known when it was handed in.
    """

    student: str
    counts: Counter = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    has_time: bool = True

    def add(self, what: str, file: str = "", why: str = "") -> None:
        self.counts[what] += 1
        if why:
            self.lines.append(f"{what}: {file}: {why}")


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
        """Of two for the same target an untouched one gives way, then an earlier one, then one with less in it."""
        return self.own > 0, self.attempt, self.own, self.path


@dataclass
class Collector:
    """submitted, autograded: the folders of a student's submission, by id."""

    platform: str
    labs: Labs
    submitted: Callable[[str], Path]
    autograded: Callable[[str], Path]
    ledger: Ledger
    zone: tzinfo
    is_dry_run: bool

    def collect(self, student: str, handed_in: HandedIn) -> Report:
        report = Report(student)
        notebooks, others = self._read(handed_in, report)
        if not notebooks:
            for other in others:
                report.add("left", other.source, "there is no notebook of this assignment beside it.")
            return report
        folder = self.submitted(student)
        base = f"{PurePosixPath(notebooks[0].path).parent}/"
        others = [replace(other, target=other.path.removeprefix(base)) for other in others]
        if handed_in.is_late:
            report.lines.append("late, says the platform")
        times = []
        for chosen in self._chosen([*notebooks, *others], report):
            when = handed_in.times.get(chosen.attempt) or handed_in.times.get("all")
            try:
                what, why = self._compare(student, folder, chosen, when)
                if what == "taken":
                    self._put(folder, chosen.target, chosen.content)
            except (OSError, ValueError) as error:
                what, why = "left", f"{chosen.target} cannot be written: {one_line(str(error))}"
            report.add(what, chosen.source, why)
            if what in ("taken", "unchanged"):
                times.append(when)
                about = handed_in.name, handed_in.number, chosen.source, chosen.attempt, digest(chosen.content)
                self.ledger.add(Entry(student, chosen.target, self.platform, *about))
        report.has_time = not times or any(times)
        self._set_time(student, folder, max(filter(None, times), default=None), report)
        return report

    def _read(self, handed_in: HandedIn, report: Report) -> tuple[list[Candidate], list[Candidate]]:
        """The notebooks that are labs, and the other files, within the limits of a submission."""
        notebooks, others, num_bytes = [], [], 0
        for path, attempt, file in self._files(handed_in):
            if file.is_of_a_system or not path:
                report.add("not submitted")
                continue
            is_notebook = ".ipynb" in PurePosixPath(path).name.lower()
            try:
                if file.trouble or path == "timestamp.txt":
                    raise ValueError(file.trouble or "it has the name of nbgrader's own file")
                if PurePosixPath(path).suffix.lower() in ARCHIVES:
                    raise ValueError("an archive other than zip. Next step: unpack it, and use --from folder")
                if len(notebooks) + len(others) >= MAX_FILES:
                    raise ValueError(f"the student handed in more than {MAX_FILES:,} files")
                most = min(MAX_NOTEBOOK_BYTES if is_notebook else MAX_FILE_BYTES, MAX_BYTES - num_bytes)
                content = file.read(most)
                num_bytes += len(content)
                if is_notebook:
                    found = self.labs.recognise(content)
                    notebooks.append(Candidate(f"{found.lab}.ipynb", path, file.path, attempt, content, found.own))
                else:
                    others.append(Candidate(path, path, file.path, attempt, content))
            except READ_ERRORS as error:
                report.add("left", file.path, f"{one_line(str(error))}.")
        return notebooks, others

    def _files(self, handed_in: HandedIn) -> Iterator[tuple[str, str, File]]:
        for path, attempt, file in handed_in.files:
            if not (file.is_zip and path) or file.trouble or file.is_of_a_system:
                yield path, attempt, file
                continue
            start = len(file.path) - len(path)  # a zip is a folder of its name
            yield from ((found.path[start:], attempt, found) for found in opened(file, self.zone))

    def _chosen(self, candidates: list[Candidate], report: Report) -> list[Candidate]:
        """One for each target; the others are named."""
        best: dict[str, Candidate] = {}
        for candidate in sorted(candidates, key=lambda candidate: candidate.rank, reverse=True):
            winner = best.setdefault(candidate.target, candidate)
            if winner is not candidate:
                report.add("superseded", candidate.source, _why(candidate, winner))
        return list(best.values())

    def _compare(self, student: str, folder: Path, new: Candidate, when: datetime | None) -> tuple[str, str]:
        """What becomes of it beside what is in submitted/, and why. Errors: OSError, ValueError if that can't be read."""
        try:
            before = read_regular(folder / new.target, MAX_NOTEBOOK_BYTES)
        except FileNotFoundError:
            return "taken", ""
        if before == new.content:
            return "unchanged", ""
        entry = self.ledger.get(student, new.target)
        if entry and entry.platform == self.platform and entry.sha256 == digest(before):
            is_newer = new.attempt >= entry.attempt
        else:
            of_before = self._time_of(folder)
            if not (when and of_before):
                where = f"{folder}/{new.target}"
                return "left", f"{where} holds another one, not from here. Next step: move it away, and run this again."
            is_newer = when > of_before
        if is_newer and new.target.endswith(".ipynb") and not new.own and self._own(before):
            return "superseded", "nothing is answered in it; the earlier attempt is kept"
        if not is_newer:
            return "superseded", "submitted/ holds a later attempt"
        return "taken", "it replaces an earlier attempt"

    def _own(self, content: bytes) -> int:
        try:
            return self.labs.recognise(content).own
        except ValueError:
            return 0

    def _time_of(self, folder: Path) -> datetime | None:
        try:
            return recorded(read_regular(folder / "timestamp.txt", MAX_TIME_BYTES).decode())
        except (OSError, ValueError):
            return None

    def _set_time(self, student: str, folder: Path, when: datetime | None, report: Report) -> None:
        """nbgrader has one time for all labs: the last one's. It grades again only what has a later time."""
        before = self._time_of(folder)
        if when and (before is None or when > before):
            self._put(folder, "timestamp.txt", when.strftime(TIMESTAMP).encode())
        elif report.counts["taken"] and self.autograded(student).exists():
            report.lines.append(f"graded before: python -m grading autograde {folder.name} --student {student} --force")

    def _put(self, folder: Path, name: str, content: bytes) -> None:
        """Whole or not at all, and never through a link. Errors: OSError."""
        if self.is_dry_run:
            return
        target = folder / name
        for parent in reversed([parent for parent in target.parents if parent.is_relative_to(folder.parent)]):
            if parent.is_symlink():
                raise OSError(f"{parent} is a link")
            parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(".unfinished")
        unfinished.unlink(missing_ok=True)
        unfinished.write_bytes(content)
        os.replace(unfinished, target)


def _why(loser: Candidate, winner: Candidate) -> str:
    """Why it gives way, in words; see Candidate.rank."""
    if loser.content == winner.content:
        return f"{winner.path} is the same"
    if winner.own and not loser.own:
        return f"nothing is answered in it, unlike {winner.path}"
    return f"{winner.path} " + ("is of a later attempt" if winner.attempt > loser.attempt else "has more in it")
