"""Whose a file is, and when it was handed in, by the names that learning platforms give to what is downloaded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from grading.collect.files import READ_ERRORS, File
from grading.collect.people import People, folded, handles
from grading.collect.times import parsed

MAX_NOTE_BYTES = 2**16  # a receipt or a time that a platform writes


ADD_TO_LIST = "add ids, email addresses or the platform's numbers to the class list"


@dataclass(frozen=True)
class Platform:
    """pattern: of a path in the download. expected: an example, for messages. times: how to get those it does not have.

    if_unnamed, if_nobody, if_several: the next step for a file that is in no submission, for a submission of nobody in
    the class list, and for several of one student.

    A student chooses the rest of a path, so the first name in it counts.
    Groups: name, number, path (in the submission), flat (the same, where there are no folders), order (a number that
    grows with each upload), when (the time of the attempt), kind (what the platform itself wrote), late.
    """

    pattern: str
    expected: str
    times: str = ""
    if_unnamed: str = "collect it with --from folder"
    if_nobody: str = ADD_TO_LIST
    if_several: str = ADD_TO_LIST


PLATFORMS = {
    "moodle": Platform(
        r"(?:.*?/)??(?P<name>[^/]+?)(?:_(?P<number>\d+))?_assignsubmission_[a-z]+(?:_?/(?P<path>.+)|_(?P<flat>[^/]+))",
        "Mary Smith_1234567_assignsubmission_file_/lab.ipynb",
        "Moodle's download has no times. Its grading worksheet has: add --class-list WORKSHEET.csv.",
    ),
    "canvas": Platform(
        r"(?:.*/)?(?:(?P<name>[^/]+?)_)??(?P<late>LATE_)?(?P<number>\d+|anon_[0-9A-Za-z]+)_"
        r"(?:(?P<order>\d+)_(?P<path>[^/]+)|(?P<flat>(?:text|link)\.html))",
        "smithmary_12345_67890_lab.ipynb",
        "Canvas's download has no times. For late penalties, write timestamp.txt.",
    ),
    "blackboard": Platform(
        r"(?:.*/)?(?P<name>[^/]+?)_[^\W\d_]+_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<path>[^/]+)|(?P<kind>\.txt))",
        "Assignment_ada_attempt_2026-11-02-21-45-10_lab.ipynb",
    ),
    "sakai": Platform(
        r"(?:[^/]*/){0,2}(?P<name>[^/]*?,[^/]*?)\((?P<number>[^()/]+)\)"
        r"(?:/(?P<folder>[^/]+)/(?P<path>.+)|_(?P<folder_>[^/]+?\(s\))_(?P<flat>[^/]+)|[/_](?P<kind>[^/]+))",
        "Assignment/Smith, Mary(mary)/Submission attachment(s)/lab.ipynb",
    ),
    "folder": Platform(
        r"(?P<name>[^/]+)/(?P<path>.+)",
        "ada/lab.ipynb",
        "A file's own time may be that of a copy; for late penalties, write timestamp.txt beside the notebooks.",
        if_unnamed="move it into a folder named by the student's id",
        if_nobody="name the folder by the student's id in the class list",
        if_several="put the files of one student into one folder",
    ),
}


@dataclass
class HandedIn:
    """What one student handed in. name, number: as the platform has them.

    files: the path in the submission ("" if it is the platform's own file), a text that is greater for a later attempt,
    and the file. times: when it was handed in, by such a text; "all" is for all attempts.
    """

    name: str
    number: str = ""
    files: list[tuple[str, str, File]] = field(default_factory=list)
    times: dict[str, datetime] = field(default_factory=dict)
    is_late: bool = False


def by_student(
    files: Iterable[File], platform: str, assignment: str, people: People | None, zone: tzinfo
) -> tuple[list[HandedIn], list[File]]:
    """The submissions in a download. Second, the files that are nobody's by their names."""
    submissions, rest, receipts = {}, [], {}
    matched = [(file, re.fullmatch(PLATFORMS[platform].pattern, file.path)) for file in files]
    for file, match in matched:
        if match and platform == "blackboard" and match["kind"]:
            receipts |= _receipt(file, match["name"])
    for file, match in matched:
        if match is None:
            rest.append(file)
            continue
        group = {key: value or "" for key, value in match.groupdict().items()}
        path = group.get("path") or group.get("flat", "")
        group["path"] = re.sub(f"^{re.escape(assignment)}/", "", path, flags=re.IGNORECASE)  # a copy of submitted/
        name, number = group["name"], group.get("number", "")
        if platform == "blackboard":
            name, number = receipts.get(name) or _split(name, people)
        student = submissions.setdefault(number or folded(name), HandedIn(name, number))
        _add(student, file, group, platform, zone)
    return list(submissions.values()), rest


def _add(student: HandedIn, file: File, group: dict[str, str], platform: str, zone: tzinfo) -> None:
    """The keys of attempts are texts that sort as the attempts do."""
    path, key, when = group["path"], f"{file.when:%Y-%m-%dT%H:%M:%S}", None
    if platform == "canvas":
        key = group["order"].zfill(20)
        student.is_late |= bool(group["late"])
    elif platform == "blackboard":
        path, when = path or f"attempt_{group['when']}.txt", parsed(group["when"], zone)
    elif platform == "sakai":
        if group["kind"] == "timestamp.txt":
            student.times["all"] = _time_in(file, zone)
        if not path or (group["folder"] or group["folder_"]).casefold().startswith("feedback"):
            path = group["kind"] if group["kind"].endswith("_submissionText.html") else ""
    elif platform == "folder" and path == "timestamp.txt":
        student.times["all"], path = _time_in(file, zone), ""
    if when:
        key = f"{when:%Y-%m-%dT%H:%M:%S}"
        student.times[key] = when
    student.files.append((path, key, file))


def _time_in(file: File, zone: tzinfo) -> datetime | None:
    try:
        return parsed(file.read(MAX_NOTE_BYTES).decode(), zone)
    except READ_ERRORS:
        return None


def _receipt(file: File, head: str) -> dict[str, tuple[str, str]]:
    """Blackboard's text beside an attempt tells where in "Lab_1_ada_b" the user name begins, and whose it is."""
    try:
        found = re.match(r"\W*Name: *(.+) \(([^()\r\n]+)\)", file.read(MAX_NOTE_BYTES).decode(errors="replace"))
    except READ_ERRORS:
        return {}
    return {head: (found[1], found[2])} if found and head.endswith(f"_{found[2]}") else {}


def _split(head: str, people: People | None) -> tuple[str, str]:
    """The assignment and the user name: the longest one in the class list, or what follows the last underscore."""
    parts = head.split("_")
    ends = ["_".join(parts[at:]) for at in range(1, len(parts))]
    known = [end for end in ends if people and any(handle in people for handle in handles("id", end))]
    return "", (known or ends[-1:] or [head])[0]
