"""Whose grade goes into which line of a learning platform's file."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from nbgrader.api import Student

from grading.collect.ledger import Ledger
from grading.collect.people import Ambiguous, People, Person, handles, names, plain
from grading.plain_text import as_text, one_line
from grading.worksheet.cells import Cell, CsvFile

CANVAS = ("Student", "ID", "Section")  # the headings by which each file is known
MOODLE = ("Identifier", "Grade", "Last modified (grade)")
EXEMPT = ("EX", "N/A")  # Canvas's words for excused, and for not assigned
NUMBER = re.compile(r"\d+([.,]\d+)?")


class Worksheet:
    """students: of each line that is a student's, the name for people, the handles, and the cell of the grade.

    maximum: the most points there, as written there; "" if the file does not say.
    """

    def __init__(self, path: Path, is_canvas: bool, column: str | None, assignment: str) -> None:
        """column: of the grade. Errors: OSError; ValueError if the file is not what it should be."""
        self.file = CsvFile(path, CANVAS if is_canvas else MOODLE)
        heading, *lines = self.file.table
        headings = [cell.text.strip() for cell in heading]
        column = column or (_canvas_column(path, headings, assignment) if is_canvas else "Grade")
        if column not in headings:
            raise ValueError(f"{path} has no column {column!r}; its first line is: {', '.join(headings)[:200]}.")
        rows = [dict(zip(headings, line)) for line in lines]
        self.students: list[tuple[str, set, Cell]] = []
        self.maximum = ""
        for row in rows:
            if column not in row:
                continue
            text = defaultdict(str, {name: cell.text.strip() for name, cell in row.items()})
            name, marks = _canvas_student(text) if is_canvas else _moodle_student(text)
            if marks:
                self.students.append((name, marks, row[column]))
            is_maximum = is_canvas and text["Student"] == "Points Possible"
            maximum = text[column] if is_maximum else text["Maximum Grade"]
            self.maximum = self.maximum or (maximum if NUMBER.fullmatch(maximum) else "")


def fill(
    sheet: Worksheet, grades: list[dict[str, str]], students: list[Student], ledger: Ledger, target: Path
) -> tuple[list[str], bool]:
    """Write the sheet with the totals to `target`. Returns what there is to say, and whether it needs attention.

    grades: rows of the plain export. Errors: OSError; ValueError if the platform would not take the points.
    """
    ours = {row["student_id"]: row for row in grades}
    done = {student for student, row in ours.items() if row["total"]}
    found, unknown, unclear = _matched(sheet, students, ledger)
    waiting = {student for student in done if ours[student]["needs_manual_grading"] == "yes"}
    exempt = {student for student, cell in found.items() if cell.text.strip() in EXEMPT}
    chosen = (done & set(found)) - waiting - exempt
    most = ours[min(done)]["max_total"] if done else ""
    theirs = float(sheet.maximum.replace(",", ".") or "inf")
    if any(float(ours[student]["total"]) > theirs for student in chosen):
        raise ValueError(f"The maximum there is {sheet.maximum}. Next step: set it to {most}, and export again.")
    decimal = "," if "," in sheet.maximum else "."
    changes = {found[student]: ours[student]["total"].replace(".", decimal) for student in chosen}
    sheet.file.write(changes, target)
    urgent = [
        *_named("Not filled, because a grade by hand is missing (see the Formgrader)", waiting & set(found)),
        *_named("Not filled, because several students match (add ids or email addresses to the gradebook)", unclear),
        *_named("Graded here, but not in that file", done - set(found)),
    ]
    if sheet.maximum and done and theirs != float(most):
        urgent.append(f"The maximum there is {sheet.maximum}, here {most}. The points are filled in as they are here.")
    said = [
        *_named("Not filled, because Canvas says EX or N/A", exempt),
        *_named("In that file, but not in the gradebook", unknown),
    ]
    return [f"{target}: {len(chosen)} grades filled in.", *urgent, *said], bool(urgent)


def _matched(sheet: Worksheet, students: list[Student], ledger: Ledger) -> tuple[dict[str, Cell], list[str], list[str]]:
    """The cell of each student who is found; the names of those unknown here; those whom several fit."""
    people, found, unknown, unclear = _people(students, ledger), defaultdict(list), [], []
    for name, marks, cell in sheet.students:
        try:
            person = people.find(marks)
        except Ambiguous as several:
            unclear.append(f"{name} ({several})")
            continue
        if person:
            found[as_text(person.id)].append((name, cell))
        else:
            unknown.append(name)
    unclear += [f"{name} ({student})" for student, lines in found.items() if len(lines) > 1 for name, _ in lines]
    return {student: lines[0][1] for student, lines in found.items() if len(lines) == 1}, unknown, unclear


def _people(students: list[Student], ledger: Ledger) -> People:
    """By the gradebook's names and ids, and by the platform's numbers of those who were collected."""
    people = {}
    for student in students:
        marks = handles("id", student.id, student.email, student.lms_user_id) | handles("canvas", student.lms_user_id)
        people[student.id] = Person(student.id, marks | names(student.first_name, student.last_name))
    for platform in ("moodle", "canvas"):
        for student, number in ledger.numbers(platform):
            if student in people:
                people[student].handles |= handles(platform, number)
    return People(people.values())


def _canvas_student(row: dict[str, str]) -> tuple[str, set]:
    marks = handles("canvas", row["ID"]) | handles("id", row["SIS Login ID"], row["SIS User ID"])
    return row["Student"], marks


def _moodle_student(row: dict[str, str]) -> tuple[str, set]:
    number = re.search(r"\d*$", row["Identifier"]).group()  # "Participant 1234567"
    marks = handles("moodle", number) | handles("id", row["Email address"], row["ID number"], row["Username"])
    return row["Full name"] or row["Identifier"], marks | handles("name", row["Full name"])


def _canvas_column(path: Path, headings: list[str], assignment: str) -> str:
    """The column of the assignment: the one with its name, or the only one. Errors: ValueError."""
    found = [name for name in headings if re.fullmatch(r".*\s\(\d+\)", name)]
    named = [name for name in found if plain(name.rpartition(" (")[0]) == plain(assignment)] or found
    if len(named) != 1:
        raise ValueError(
            f"{path} has no single column for {assignment}. Next step: add --column with one of: {', '.join(found)}."
        )
    return named[0]


def _named(why: str, whom: Iterable[str]) -> list[str]:
    return [f"{why}: {'; '.join(sorted(map(one_line, whom)))}."] if whom else []
