"""What is asked of a judge, and what it answers: plain data, so that it may be a process here or a worker far away."""

from enum import StrEnum

from msgspec import Struct, field

from grading.judge.names import course_imports


class Role(StrEnum):
    """What a code cell is to the judge."""

    TEST = "test"  # the instructor's; runs with the judge only
    LOCKED = "locked"  # the instructor's; runs on both sides
    STUDENT = "student"  # runs in the student's process only
    DEMONSTRATION = "demonstration"  # the course's own, unchanged and ungraded: run if something that counts needs it


class CodeCell(Struct, frozen=True):
    """A code cell. name: unique in its notebook where the gradebook knows it."""

    name: str
    source: str
    role: Role


class NotebookJob(Struct, frozen=True):
    """cells: in the submission's order. locked: the gradebook's locked cells, in its order."""

    cells: list[CodeCell]
    locked: list[CodeCell]


class Job(Struct, frozen=True):
    """A submission to judge.

    notebooks: by name. files: what else was handed in, by relative path. limits: fields of grading.sandbox.Limits.
    """

    notebooks: dict[str, NotebookJob]
    files: dict[str, bytes] = field(default_factory=dict)
    limits: dict[str, int | float] = field(default_factory=dict)
    unsafe_no_sandbox: bool = False

    @property
    def modules(self) -> tuple[str, ...]:
        """What its locked cells import of the course. Errors: SyntaxError.

        Not what the judge has loaded for other submissions: a verdict must not depend on those.
        """
        cells = (cell for notebook in self.notebooks.values() for cell in notebook.locked)
        return tuple(sorted(set().union(*(course_imports(cell.source) for cell in cells))))


class Verdict(Struct, frozen=True, tag=True):
    """What came of a submission.

    outputs:   by notebook, those of each of its code cells, in the order of `cells`, as nbformat has them.
    faults:    by notebook, what went wrong beside a failed test, in sentences for the instructor.
    timed_out: by notebook, names of the cells that ran out of time.
    starved:   whether one of these had less than half of a processor, so that others may have taken its time.
    """

    outputs: dict[str, list[list[dict]]]
    faults: dict[str, list[str]] = field(default_factory=dict)
    timed_out: dict[str, list[str]] = field(default_factory=dict)
    starved: bool = False


class Failed(Struct, frozen=True, tag=True):
    """In place of a Verdict: why there is none."""

    why: str
