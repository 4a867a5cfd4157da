"""The register of the hostile and the odd: SUBMISSIONS, by name, filled by the modules beside this one."""

from collections.abc import Callable
from dataclasses import dataclass

from course_of_attacks import ANSWERS, POINTS
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell


@dataclass(frozen=True)
class Submission:
    """One submission and what it must get.

    change:            changes the notebook in place; may return more files by name, with their text, bytes, or a
                       function that makes them at a path; lab.ipynb among them replaces the notebook.
    solved:            the exercises with a right answer in the notebook before it is changed.
    points:            by exercise; None: the submission stays ungraded, and the log names it.
    dangerous_to_host: stock nbgrader is not to be tried with it.
    never:             a regular expression for what nobody may be shown because of it.
    is_endless:        a cell or a call of it runs until its time is over.
    """

    change: Callable
    kind: str
    solved: tuple[str, ...]
    points: dict[str, float | None]
    dangerous_to_host: bool = False
    never: str = ""
    is_endless: bool = False

    @property
    def tries(self) -> str:
        return " ".join((self.change.__doc__ or self.change.__name__.replace("_", " ")).split())

    def files(self, course) -> dict:
        nb = course.released()
        for cell in nb.cells:
            if cell.id in self.solved:
                cell.source = ANSWERS[cell.id]
        more = self.change(nb) or {}
        return {"lab.ipynb": nb, **more}


SUBMISSIONS: dict[str, Submission] = {}
ALL = tuple(POINTS)


def register(kind: str, solved: tuple[str, ...], earns: tuple[str, ...] | None, **more):
    """A decorator. earns: the exercises whose points it must get; None: it must stay ungraded."""

    def decorate(change: Callable) -> Callable:
        assert change.__name__ not in SUBMISSIONS, change.__name__
        points = {name: None if earns is None else most * (name in earns) for name, most in POINTS.items()}
        SUBMISSIONS[change.__name__] = Submission(change, kind, solved, points, **more)
        return change

    return decorate


def score_attack(solved=("root",), earns=("root",), **more):
    """An attack on the score by somebody who has solved one exercise, and must get the points of that one."""
    return register("score", solved, earns, **more)


def host_attack(solved=ALL, earns=ALL, **more):
    """An attack on the machine by somebody whose answers are right, and who keeps the points of what ran."""
    return register("host", solved, earns, **more)


def robust(solved=ALL, earns=ALL, **more):
    """Something that breaks; what does not depend on it keeps its points."""
    return register("robustness", solved, earns, **more)


def honest(solved=ALL, earns=ALL, **more):
    """Nothing wrong with it."""
    return register("honest", solved, earns, **more)


def right(change: Callable = lambda nb: None) -> Submission:
    """A submission with all answers, changed by this, that is in no register."""
    return Submission(change, "host", ALL, dict(POINTS))


def but(*names: str) -> tuple[str, ...]:
    """All exercises but these."""
    return tuple(name for name in ALL if name not in names)


def own_cell(nb: NotebookNode, source: str, before: str | None = "total") -> None:
    """Put a cell of the student's in front of the named one; None: at the end."""
    at = next((i for i, cell in enumerate(nb.cells) if cell.id == before), len(nb.cells))
    nb.cells.insert(at, new_code_cell(source))


def answer(nb: NotebookNode, **sources: str) -> None:
    """Write these into the answer cells."""
    for cell in nb.cells:
        if cell.id in sources:
            cell.source = sources[cell.id]


def all_answers(nb: NotebookNode, expression: str) -> None:
    """Answer every exercise but root by a function that returns this, whatever it is asked."""
    answer(nb, **{name: f"def {name}(*args):\n    return {expression}" for name in but("root")})
