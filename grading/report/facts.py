"""What the page says, as data."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

RIGHT, PARTLY, WRONG, NOT_TRIED, WAITS = STATES = "right", "partly right", "wrong", "not tried", "not graded yet"
QUOTED = "Another cause; its message quotes the student."


@dataclass
class Group:
    """Submissions that have something in common.

    who: whose they are; empty if names are left out. where: exercises, in the order of the course. wordings: the first
    two of its messages, which differ in numbers.
    """

    num: int = 0
    who: list[str] = field(default_factory=list)
    where: dict[str, None] = field(default_factory=dict)
    wordings: set[str] = field(default_factory=set)

    def add(self, who: str, wording: str = "") -> None:
        self.num += 1
        self.who += [who] if who else []
        if len(self.wordings) < 2:
            self.wordings.add(wording)

    def wording_of(self, text: str) -> str:
        """The text with its numbers, if they are the same in all of its messages."""
        return text if len(self.wordings) > 1 else next(iter(self.wordings)) or text


Groups = defaultdict[str, Group]


@dataclass
class Exercise:
    """One test. cell, answers: ids in the gradebook, and of the answers' cells also the names. most: in points."""

    name: str
    cell: str
    most: float
    answers: dict[str, str]
    is_by_hand: bool
    states: Counter[str] = field(default_factory=Counter)
    causes: Groups = field(default_factory=lambda: defaultdict(Group))

    @property
    def title(self) -> str:
        return self.name.removeprefix("correct_").removeprefix("test_").replace("_", " ")


@dataclass
class Lab:
    """points: of each graded submission that contains the lab. without: how many do not."""

    name: str
    exercises: list[Exercise]
    most: float
    points: list[float] = field(default_factory=list)
    without: int = 0


@dataclass
class Facts:
    """points: of each graded submission, less penalties. times: with those of them whose time is known (UTC)."""

    assignment: str
    labs: list[Lab]
    most: float
    due: datetime | None
    with_names: bool
    num_students: int = 0
    num_handed_in: int = 0
    points: list[float] = field(default_factory=list)
    times: list[tuple[datetime, float]] = field(default_factory=list)
    ungraded: Groups = field(default_factory=lambda: defaultdict(Group))
    files: Groups = field(default_factory=lambda: defaultdict(Group))  # beside what is graded
    by_hand: Groups = field(default_factory=lambda: defaultdict(Group))  # by lab
    troubles: dict[str, Groups] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Group)))  # by lab

    @property
    def num_troubles(self) -> int:
        return sum(group.num for groups in self.troubles.values() for group in groups.values())

    @property
    def num_for_a_person(self) -> int:
        groups = [*self.ungraded.values(), *self.files.values(), *self.by_hand.values()]
        return self.num_troubles + sum(group.num for group in groups)
