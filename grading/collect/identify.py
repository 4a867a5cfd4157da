"""Whose submission it is: the platform's name and number, and the id in this course. Nobody is guessed."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from grading.collect.ledger import Ledger
from grading.collect.people import Ambiguous, People, handles, names, safe_id
from grading.collect.platforms import ADD_TO_LIST, PLATFORMS, HandedIn
from grading.collect.report import Report
from grading.plain_text import one_line


def identified(
    submissions: list[HandedIn], people: People | None, platform: str, ledger: Ledger, reports: list[Report]
) -> Iterator[tuple[str, HandedIn]]:
    """Each submission with its student's id. Who is not found goes into the reports."""
    found = defaultdict(list)
    for submission in submissions:
        try:
            found[_id(submission, people, platform)].append(submission)
        except Ambiguous as several:
            reports.append(_left(submission, f"it matches several students: {several}", ADD_TO_LIST))
        except LookupError:
            reports.append(_left(submission, "it matches nobody in the class list", PLATFORMS[platform].if_nobody))
    before = {number: student for student, number in ledger.numbers(platform)}
    for student, theirs in found.items():
        if len(theirs) > 1:
            why = f"{len(theirs)} submissions match {student}"
            reports.extend(_left(submission, why, PLATFORMS[platform].if_several) for submission in theirs)
        elif (known_as := before.get(theirs[0].number, student)) != student:
            step = f"leave out --class-list, or give this student the id {known_as} in it"
            reports.append(_left(theirs[0], f"{student} was collected before as {known_as}", step))
        else:
            yield student, theirs[0]


def _id(submission: HandedIn, people: People | None, platform: str) -> str:
    """Errors: LookupError if the class list has nobody who fits, Ambiguous if several do."""
    name, number = submission.name, submission.number
    kind = platform if platform in ("moodle", "canvas") else "id"
    if people is None:
        return safe_id(number) if kind == "id" and number else safe_id(name, number)
    last, comma, first = name.partition(",")
    marks = handles(kind, number) | (names(first, last) if comma else handles("name", name))
    if platform == "folder":
        marks |= handles("id", name)
    person = people.find(marks)
    if person is None:
        raise LookupError(name)
    if person.handed_in:
        submission.times.setdefault("all", person.handed_in)
    return person.id


def _left(submission: HandedIn, why: str, next_step: str) -> Report:
    shown = one_line(" ".join(filter(None, [submission.name, submission.number])))
    return Report(shown, Counter(left=len(submission.files)), [f"left: {why}. Next step: {next_step}."])
