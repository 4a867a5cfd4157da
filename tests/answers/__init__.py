"""Answers that students give, right and wrong, one module a lab.

They make the class of `make demo`, and hold the labs' test cells to their promises: any right answer
keeps all points, and a wrong one loses those of its own exercise with a message that names the mistake.
"""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Answer:
    """The code that a student leaves in one solution cell.

    exercise: the grade_id of the solution cell.
    name:     what was done, in words.
    code:     the whole cell.
    message:  for a wrong answer, a part of the message that it must get; None for a right one.
    """

    exercise: str
    name: str
    code: str
    message: str | None = None

    @property
    def is_right(self) -> bool:
        return self.message is None


def right(exercise: str, name: str, code: str) -> Answer:
    """A right answer."""
    return Answer(exercise, name, dedent(code).strip())


def wrong(exercise: str, name: str, message: str, code: str) -> Answer:
    """A wrong answer, and a part of the message that names the mistake."""
    return Answer(exercise, name, dedent(code).strip(), message)
