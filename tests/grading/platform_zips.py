"""Downloads as learning platforms make them: names, times and folders as in the platforms' own source.

Moodle: mod/assign/classes/downloader.php. Canvas: lib/content_zipper.rb. Sakai: AssignmentServiceImpl.zipSubmissions.
Blackboard: its zips, with the receipt beside each attempt.
"""

import io
import json
import re
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

DOWNLOADED = (2026, 11, 20, 8, 0, 0)  # Moodle, Canvas and Sakai give every file the time of the download


@dataclass
class Attempt:
    """One attempt of a student's. when: in Blackboard's form. upload: Canvas's number of the first of its files."""

    first: str
    last: str
    user: str
    number: int
    files: dict[str, bytes]
    when: str = "2026-11-02-21-45-10"
    upload: int = 67890
    is_late: bool = False


@dataclass
class Zip:
    """A zip in the making. entries: pairs of a name, or an entry, and content."""

    entries: list = field(default_factory=list)

    def add(self, name: str | zipfile.ZipInfo, content: bytes | str, when: tuple = DOWNLOADED) -> "Zip":
        entry = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, when)
        self.entries.append((entry, content))
        return self

    def bytes(self) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, content in self.entries:
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
        return made.getvalue()

    def write(self, path: Path) -> Path:
        path.write_bytes(self.bytes())
        return path


def zipped(files: dict[str, bytes | str]) -> bytes:
    """A zip that a student made."""
    made = Zip()
    for name, content in files.items():
        made.add(name, content)
    return made.bytes()


def with_flag(content: bytes, flag: int, is_set: bool) -> bytes:
    """A zip of one file with a flag bit of the file set or cleared, which zipfile itself does not write."""
    changed = bytearray(content)
    for at in (content.index(b"PK\3\4") + 6, content.index(b"PK\1\2") + 8):
        flags = int.from_bytes(changed[at : at + 2], "little")
        changed[at : at + 2] = (flags | flag if is_set else flags & ~flag).to_bytes(2, "little")
    return bytes(changed)


def link(name: str) -> zipfile.ZipInfo:
    """An entry that is a symbolic link; its content is the target."""
    entry = zipfile.ZipInfo(name, DOWNLOADED)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


def moodle(attempts: list[Attempt], in_folders: bool = True) -> Zip:
    """Moodle has the last attempt alone."""
    made = Zip()
    for attempt in {attempt.user: attempt for attempt in attempts}.values():
        prefix = (
            f"{attempt.first} {attempt.last}".strip().replace("_", " ") + f"_{attempt.number}_assignsubmission_file_"
        )
        for name, content in attempt.files.items():
            made.add(f"{prefix}/{name}" if in_folders else prefix + name, content)
    return made


def canvas(attempts: list[Attempt]) -> Zip:
    """Canvas has the last attempt alone, and numbers what was uploaded under the same name: lab-1.ipynb."""
    made = Zip()
    for attempt in {attempt.user: attempt for attempt in attempts}.values():
        again = sum(other.user == attempt.user for other in attempts) - 1
        user = re.sub(r"_(\d+)_", r"\1", f"{attempt.last}, {attempt.first}".strip(", ")).lower()
        start = re.sub(r"[^\w]", "", "_".join([user, *["LATE"] * attempt.is_late, str(attempt.number)]))
        for at, (name, content) in enumerate(attempt.files.items()):
            stem, dot, suffix = name.rpartition(".")
            shown = f"{stem}-{again}{dot}{suffix}" if again else name
            shown = re.sub(r'[\x00/\\:*?"<>|]+', "_", shown)
            made.add(f"{start}_{attempt.upload + at}_{shown}", content)
    return made


def blackboard(attempts: list[Attempt], assignment: str = "Lab_1 (phase)") -> Zip:
    """Blackboard has all attempts if asked for, and a receipt of each."""
    made = Zip()
    for attempt in attempts:
        start = f"{assignment}_{attempt.user}_attempt_{attempt.when}"
        lines = "".join(f"\tOriginal filename: {name}\n\tFilename: {start}_{name}\n\n" for name in attempt.files)
        made.add(
            f"{start}.txt",
            f"Name: {attempt.first} {attempt.last} ({attempt.user})\nAssignment: {assignment}\n"
            "Date Submitted: Monday, November 2, 2026 9:45:10 PM CET\nCurrent Grade: Needs Grading\n\n"
            "Submission Field:\nThere is no student submission text data for this assignment.\n\n"
            f"Comments:\nThere are no student comments for this assignment.\n\nFiles:\n{lines}",
        )
        for name, content in attempt.files.items():
            made.add(f"{start}_{name}", content)
    return made


def sakai(attempts: list[Attempt], assignment: str = "Lab 1 (phase, all)") -> Zip:
    """Sakai has the last attempt alone, its time in timestamp.txt, and a table of grades."""
    made = Zip()
    for attempt in {attempt.user: attempt for attempt in attempts}.values():
        folder = f"{assignment}/{attempt.last}, {attempt.first}({attempt.user})/"
        day, hours = attempt.when[:10], attempt.when[11:].replace("-", ":")
        made.add(f"{folder}timestamp.txt", f"{day}T{hours}Z").add(f"{folder}comments.txt", "")
        for name, content in attempt.files.items():
            made.add(f"{folder}Submission attachment(s)/{name}", content)
        made.add(f"{folder}Feedback Attachment(s)/lab.ipynb", "feedback of an instructor's")
    return made.add(f"{assignment}/grades.csv", "Display ID,ID,Last Name,First Name,grade\n")


def notebook_bytes(notebook: dict) -> bytes:
    return json.dumps(notebook, ensure_ascii=False).encode()
