"""One student's files, from the download into submitted/."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from grading.collect.candidates import Candidate, best, candidates
from grading.collect.labs import Labs
from grading.collect.ledger import Entry, Ledger, digest
from grading.collect.platforms import HandedIn
from grading.collect.report import Report
from grading.collect.times import TIMESTAMP, recorded
from grading.plain_text import one_line
from grading.steps.entry import MAX_NOTEBOOK_BYTES, MAX_TIME_BYTES, read_regular


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
        """Take what is new or newer. No trouble with it reaches the other students."""
        report = Report(student, lines=["marked as late by the platform"] if handed_in.is_late else [])
        folder = self.submitted(student)
        times = []
        for chosen in best(candidates(handed_in, self.labs, self.zone, report), report):
            when = handed_in.times.get(chosen.attempt) or handed_in.times.get("all")
            try:
                what, why = self._compare(student, folder, chosen, when)
                if what == "taken":
                    self._put(folder, chosen.target, chosen.content)
            except (OSError, ValueError) as error:
                what, why = (
                    "left",
                    f"{chosen.target} cannot be written: {one_line(str(error))}. Next step: see to submitted/.",
                )
            report.add(what, chosen.source, why)
            if what in ("taken", "unchanged"):
                times.append((what, when))
                about = handed_in.name, handed_in.number, chosen.source, chosen.attempt, digest(chosen.content)
                self.ledger.add(Entry(student, chosen.target, self.platform, *about))
        report.has_time = not times or any(when for _, when in times)
        try:
            self._set_time(student, folder, times, report)
        except OSError as error:
            report.add("left", "timestamp.txt", one_line(str(error)))
        return report

    def _compare(self, student: str, folder: Path, new: Candidate, when: datetime | None) -> tuple[str, str]:
        """What becomes of it beside what is in submitted/, and why. Errors: OSError, ValueError: that is unreadable."""
        try:
            before = read_regular(folder / new.target, MAX_NOTEBOOK_BYTES)
        except FileNotFoundError:
            return "taken", ""
        if before == new.content:
            return "unchanged", ""
        entry = self.ledger.get(student, new.target)
        if entry and entry.platform == self.platform and entry.sha256 == digest(before):
            is_newer = new.attempt >= entry.attempt
        elif when and (of_before := _time_of(folder)):
            is_newer = when > of_before
        else:
            why = "differs, and it is not known which is later. Next step: move it away, and collect again."
            return "left", f"{folder / new.target} {why}"
        if not is_newer:
            return "superseded", "submitted/ holds a later attempt"
        if new.target.endswith(".ipynb") and not new.own and self._own(before):
            return "superseded", "it has no answers; the earlier attempt is kept"
        return "taken", "it replaces an earlier attempt"

    def _own(self, content: bytes) -> int:
        try:
            return self.labs.recognise(content).own
        except ValueError:
            return 0

    def _set_time(self, student: str, folder: Path, times: list[tuple[str, datetime | None]], report: Report) -> None:
        """nbgrader has one time for all labs: the last one's. It grades again only what has a later time.

        What is unchanged keeps its time: a copy of a folder has the time of copying.
        """
        before = _time_of(folder)
        when = max((when for what, when in times if when and (what == "taken" or not before)), default=None)
        if when and (before is None or when > before):
            self._put(folder, "timestamp.txt", when.strftime(TIMESTAMP).encode())
        elif report.counts["taken"] and self.autograded(student).exists():
            report.lines.append(f"graded before: python -m grading autograde {folder.name} --student {student} --force")

    def _put(self, folder: Path, name: str, content: bytes) -> None:
        """Whole or not at all, and never through a link. Errors: OSError."""
        target = folder / name
        for parent in reversed([parent for parent in target.parents if parent.is_relative_to(folder.parent)]):
            if parent.is_symlink():
                raise OSError(f"{parent} is a link")
            if not self.is_dry_run:
                parent.mkdir(parents=True, exist_ok=True)
        if not self.is_dry_run:
            unfinished = target.with_name(".unfinished")
            unfinished.unlink(missing_ok=True)
            unfinished.write_bytes(content)
            os.replace(unfinished, target)


def _time_of(folder: Path) -> datetime | None:
    try:
        return recorded(read_regular(folder / "timestamp.txt", MAX_TIME_BYTES).decode())
    except (OSError, ValueError):
        return None
