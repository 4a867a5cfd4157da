"""Who is who: a class list, and the names and numbers by which learning platforms know its students."""

import csv
import hashlib
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from grading.collect.times import parsed

LISTED = re.compile(r"(?!\.)[^/\\*?\[\x00-\x1f]{1,60}")
MAX_ID_CHARACTERS = 60  # at most 4 bytes each, and a file name has at most 255 bytes

# The headings of nbgrader's, Canvas's, Moodle's and Blackboard's lists, spelled as by `plain`. The first of IDS that is
# filled is the id. "canvasid" is the ID in Canvas's gradebook, a number of Canvas's own.
IDS = ("id", "studentid", "username", "sisloginid", "sisuserid", "idnumber", "email", "emailaddress", "canvasid")
FULL_NAMES = ("fullname", "student", "name", "studentname")
FIRST_NAMES = ("firstname", "givenname")
LAST_NAMES = ("lastname", "surname", "familyname")
SUBMITTED = "lastmodifiedsubmission"


class Ambiguous(ValueError):
    """Several people fit."""


@dataclass
class Person:
    """handles: pairs of a kind and a value by which a platform may name this person.

    Kinds: "id" (ids, user names, email addresses), "moodle" and "canvas" (the platform's own numbers), "name".
    """

    id: str
    handles: set[tuple[str, str]] = field(default_factory=set)
    handed_in: datetime | None = None


class People:
    def __init__(self, people: Iterable[Person]) -> None:
        self._by_id: dict[str, Person] = {}
        self._ids = defaultdict(set)
        for person in people:
            self._take_handles(self._by_id.setdefault(person.id, person), person)

    def add(self, others: "People") -> None:
        """Take the numbers, names and times of another list for those who are in this one, and add those who are not.

        Who fits several people here is left out: nobody is guessed.
        """
        for other in others._by_id.values():
            try:
                person = self.find(other.handles) or self._by_id.setdefault(other.id, Person(other.id))
            except Ambiguous:
                continue
            person.handed_in = person.handed_in or other.handed_in
            self._take_handles(person, other)

    def _take_handles(self, person: Person, other: Person) -> None:
        person.handles |= other.handles
        for handle in other.handles:
            self._ids[handle].add(person.id)

    def __contains__(self, handle: tuple[str, str]) -> bool:
        return handle in self._ids

    def find(self, handles: Iterable[tuple[str, str]]) -> Person | None:
        """The one whom all handles fit that fit anybody. Errors: Ambiguous if there are several, or they disagree."""
        found = [self._ids[handle] for handle in handles if handle in self._ids]
        if not found:
            return None
        fitting = set.intersection(*found)
        if len(fitting) != 1:
            raise Ambiguous(", ".join(sorted(set.union(*found))))
        return self._by_id[fitting.pop()]


def handles(kind: str, *values: str | None) -> set[tuple[str, str]]:
    """Empty values are nobody's."""
    spell = plain if kind == "name" else folded
    return {(kind, spelled) for value in values if value and (spelled := spell(value))}


def names(first: str | None, last: str | None) -> set[tuple[str, str]]:
    """In both orders, as platforms and countries write them."""
    return handles("name", f"{first or ''} {last or ''}", f"{last or ''} {first or ''}") if first or last else set()


def folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def plain(text: str) -> str:
    """Letters and digits alone: Canvas leaves out all else, and joins last and first name."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def safe_id(*parts: str) -> str:
    """A folder name made of a name and a number: the same for the same, and another for another."""
    text = unicodedata.normalize("NFC", "-".join(filter(None, parts)))
    kept = (sign if sign.isalnum() or sign in "_.@-" or unicodedata.combining(sign) else " " for sign in text)
    made = "-".join("".join(kept).split()).strip("-._")
    is_told_apart = made == text or (len(parts) > 1 and parts[-1].isdecimal())
    if is_told_apart and 0 < len(made) <= MAX_ID_CHARACTERS:
        return made
    return "-".join(filter(None, [made[: MAX_ID_CHARACTERS - 9], hashlib.sha256(text.encode()).hexdigest()[:8]]))


def read_class_lists(paths: Iterable[Path], zone) -> People | None:
    """The people of CSV files, with the ids of the first; None if there is no file. Errors: as of read_class_list."""
    first, *more = [read_class_list(path, zone) for path in paths] or [None]
    for people in more:
        first.add(people)
    return first


def read_class_list(path: Path, zone) -> People:
    """The people of a CSV file. zone: of its times. Errors: OSError; ValueError if it is not a class list."""
    text = decoded(path.read_bytes())
    known = {*IDS, *FULL_NAMES, *FIRST_NAMES, *LAST_NAMES, "identifier", "lmsuserid"}
    tables = [list(csv.reader(io.StringIO(text, newline=""), delimiter=sign)) for sign in ",;\t"]
    table = max(tables, key=lambda table: len(known & {plain(heading) for heading in (table or [[]])[0]}))
    headings = [plain(heading) for heading in (table or [[]])[0]]
    if not known & set(headings):
        raise ValueError(
            f"{path} is not a class list: its first line is {', '.join(table[0] if table else [])[:100]!r}. Expected "
            "headings such as id, first_name, last_name, email; or a list as Moodle or Canvas exports it."
        )
    return People(filter(None, (_person(dict(zip(headings, row)), zone) for row in table[1:])))


def decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or what Excel writes in Western countries."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _person(row: dict[str, str], zone) -> Person | None:
    def first_of(headings: Iterable[str]) -> str:
        return next((row[heading].strip() for heading in headings if row.get(heading, "").strip()), "")

    if "student" in row and "section" in row:
        row["canvasid"] = row.pop("id", "")
    number = re.search(r"\d*$", row.get("identifier", "").strip()).group()  # "Participant 1234567", in any language
    full = first_of(FULL_NAMES)
    last, comma, first = full.partition(",")
    found = names(first_of(FIRST_NAMES), first_of(LAST_NAMES)) | handles("name", full)
    found |= names(first, last) if comma else set()
    found |= handles("id", *(row.get(heading) for heading in IDS if heading != "canvasid"))
    found |= handles("moodle", number) | handles("canvas", row.get("lmsuserid"), row.get("canvasid"))
    student = first_of(IDS) or (full if number else "")
    if not student or not found:
        return None  # Canvas's row of points, an empty line
    handed_in = parsed(row.get(SUBMITTED, ""), zone)
    if not first_of(IDS):
        return Person(safe_id(full, number), found, handed_in)
    listed = unicodedata.normalize("NFC", student)  # as the gradebook has it, if it can be a folder's name
    return Person(listed if LISTED.fullmatch(listed) else safe_id(listed), found, handed_in)
