"""The page: one file of HTML, for the screen and for print."""

import statistics
from datetime import datetime
from pathlib import Path

from grading import standalone
from grading.report.facts import QUOTED, STATES, Exercise, Facts, Group
from grading.report.pictures import histogram, number, times

TEMPLATES = Path(__file__).parent / "templates"
FEW = 4  # names that are read at once; the others are folded away
FEW_CAUSES = 3  # of an exercise


def render(facts: Facts, now: datetime) -> str:
    """The page. Whatever a student or a message says is escaped."""
    return standalone.render(
        TEMPLATES,
        "report",
        filters={f.__name__: f for f in (number, most_first, sentence, causes, has_room)},
        facts=facts,
        labs=facts.labs,
        now=now,
        states=STATES,
        few=FEW,
        median=statistics.median(facts.points) if facts.points else None,
        pictures={
            lab.name: histogram(f"Histogram of the points of {lab.name}", lab.points, lab.most) for lab in facts.labs
        },
        overall=histogram("Histogram of the points of all labs", facts.points, facts.most),
        times=times("Points by time of submission", facts.times, facts.due, facts.most),
    )


def most_first(groups: dict[str, Group]) -> list[tuple[str, Group]]:
    """The largest first; of the same size, in alphabetical order."""
    return sorted(groups.items(), key=lambda group: (-group[1].num, group[0]))


def causes(exercise: Exercise) -> tuple[list[tuple[str, Group]], int]:
    """The most frequent causes, and how many answers have others."""
    named = most_first({text: group for text, group in exercise.causes.items() if text != QUOTED})
    shown = named[:FEW_CAUSES]
    return shown, sum(group.num for group in exercise.causes.values()) - sum(group.num for _, group in shown)


def has_room(num: int, of: int) -> bool:
    """Whether a part of a bar is wide enough for its number, on a phone as well: a cut number would be another one."""
    return num / of >= 0.03 + 0.05 * len(str(num))


def sentence(text: str) -> str:
    """With a capital, unless it begins with a name or a symbol, and a full stop."""
    first, *_ = text.split(maxsplit=1) or [""]
    start = text[:1].upper() if first.isalpha() and (len(first) > 1 or first == "a") else text[:1]
    return start + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")
