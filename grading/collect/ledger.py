"""downloaded/ASSIGNMENT/collected.csv: what was taken, from whom, and of which attempt."""

import csv
import hashlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from grading.plain_text import as_text
from grading.whole_file import whole_file


@dataclass(frozen=True)
class Entry:
    """A file in submitted/. name, number: the student's, as the platform has them. attempt: later ones are greater."""

    student_id: str
    file: str
    platform: str
    name: str
    number: str
    source: str
    attempt: str
    sha256: str


class Ledger:
    def __init__(self, path: Path) -> None:
        """Errors: ValueError if the file is there and is not a ledger."""
        self.path = path
        self._entries: dict[tuple[str, str], Entry] = {}
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                try:
                    entries = [Entry(**row) for row in csv.DictReader(file)]
                except TypeError:
                    raise ValueError(f"{path} is damaged. Next step: move it away.") from None
            self._entries = {(entry.student_id, entry.file): entry for entry in entries}

    def get(self, student: str, file: str) -> Entry | None:
        return self._entries.get((student, file))

    def add(self, entry: Entry) -> None:
        self._entries[entry.student_id, entry.file] = entry

    def numbers(self, platform: str) -> set[tuple[str, str]]:
        """Pairs of a student's id and number on the platform."""
        entries = self._entries.values()
        return {(entry.student_id, entry.number) for entry in entries if entry.platform == platform and entry.number}

    def save(self) -> None:
        if not self._entries:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(self.path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(field.name for field in fields(Entry))
            for _, entry in sorted(self._entries.items()):
                row = asdict(entry) | {"name": as_text(entry.name), "source": as_text(entry.source)}
                writer.writerow(row.values())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
