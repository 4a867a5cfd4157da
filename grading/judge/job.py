"""What travels to a judge and back: plain JSON, so that it may be a process here or a worker far away."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a code cell is to the judge."""

    TEST = "test"  # the instructor's; runs with the judge only
    LOCKED = "locked"  # the instructor's; runs on both sides
    STUDENT = "student"  # runs in the student's process only
    DEMONSTRATION = "demonstration"  # the course's own, unchanged and ungraded: run if something that counts needs it


@dataclass(frozen=True)
class CodeCell:
    """A code cell, in the place where it stands."""

    name: str
    source: str
    role: Role


@dataclass(frozen=True)
class Job:
    """A submission to judge.

    notebooks: its code cells, by the notebook's name. files: what else was handed in, base64 by relative path.
    limits:    fields of grading.sandbox.Limits.
    """

    notebooks: dict[str, list[CodeCell]]
    files: dict[str, str] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    unsafe_no_sandbox: bool = False

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, message: dict) -> "Job":
        notebooks = {
            name: [CodeCell(cell["name"], cell["source"], Role(cell["role"])) for cell in cells]
            for name, cells in message["notebooks"].items()
        }
        return cls(notebooks, message["files"], message["limits"], message["unsafe_no_sandbox"])


@dataclass(frozen=True)
class Verdict:
    """What came of one submission: for each notebook the outputs of each of its code cells, as nbformat has them.

    faults: what went wrong beside a failed test, in sentences for the instructor.
    """

    outputs: dict[str, list[list[dict]]]
    faults: dict[str, list[str]] = field(default_factory=dict)

    def to_json(self) -> dict:
        return asdict(self)
