"""Runs a lab's real cells in this process, with any answer in place of the reference solution."""

import contextlib
import functools
import importlib
import io
import linecache
import re
import types
import warnings
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
import nbformat
from answers import Answer
from cell_names import names_set, names_used
from nbgrader.utils import is_grade, is_solution

from labkit.advice import advice

ROOT = Path(__file__).parents[2]
matplotlib.use("agg")  # here no lab opens a window


@dataclass
class Lab:
    """A lab notebook from source/.

    setup: the locked cells that define what the others use; solutions, tests: sources by grade_id.
    `exercise_of` names the solution cell that stands above each test cell.
    """

    path: Path
    setup: list[str] = field(default_factory=list)
    solutions: dict[str, str] = field(default_factory=dict)
    tests: dict[str, str] = field(default_factory=dict)
    exercise_of: dict[str, str] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)
    manual_points: float = 0

    @classmethod
    def read(cls, inside_source: str) -> "Lab":
        lab = cls(ROOT / "source" / inside_source)
        latest = None
        for cell in nbformat.read(lab.path, as_version=4).cells:
            nbgrader = cell.metadata.get("nbgrader")
            if cell.cell_type != "code" or nbgrader is None:
                lab.manual_points += nbgrader.points if nbgrader and is_grade(cell) else 0
            elif is_grade(cell):
                lab.tests[nbgrader.grade_id] = cell.source
                lab.exercise_of[nbgrader.grade_id] = latest
                lab.points[nbgrader.grade_id] = nbgrader.points
            elif is_solution(cell):
                lab.solutions[nbgrader.grade_id] = cell.source
                latest = nbgrader.grade_id
            else:
                lab.setup.append(cell.source)
        return lab

    @property
    def name(self) -> str:
        """The first part of the file's name, "lab-01"."""
        return self.path.name[: len("lab-00")]

    @property
    def _answers_module(self):
        return importlib.import_module(f"answers.{self.name.replace('-', '_')}")

    @property
    def answers(self) -> list[Answer]:
        """The collected right and wrong answers to this lab."""
        return self._answers_module.ANSWERS

    def built_on(self, exercise: str) -> tuple[str, ...]:
        """The exercises whose answers this one's may call, so that a mistake there can cost points here."""
        return getattr(self._answers_module, "BUILT_ON", {}).get(exercise, ())

    @property
    def reference(self) -> dict:
        """The names that the locked cells and the reference solutions define."""
        namespace = dict(_after_setup(tuple(self.setup)))
        for name in self.exercise_of.values():
            if name != "predict":
                _run(self.solutions[name], namespace)
        return namespace

    def untouched(self, exercise: str) -> str:
        """A solution cell as a student finds it."""
        return released(self.solutions[exercise])

    def touched(self, **answers: str) -> list[str]:
        """The test cells that can come out differently with these answers than with the reference.

        They use a name that the answer or the reference sets, or one of a solution that uses such a name.
        """
        changed = {name for exercise, code in answers.items() for name in names_set(code)}
        changed |= {name for exercise in answers for name in names_set(self.solutions[exercise])}
        for source in self.solutions.values():
            if names_used(source) & changed:
                changed |= names_set(source)
        return [test for test, source in self.tests.items() if names_used(source) & changed]

    def messages(
        self, skip: Collection[str] = (), tests: Collection[str] | None = None, **answers: str
    ) -> dict[str, str]:
        """What test cells say with `answers` (solution grade_id -> code) and the reference elsewhere.

        skip: exercises whose tests are not run. tests: which to run; as a rule those that the answers can change, and
        all of them without answers.
        Returns test grade_id -> "" for a cell that passes, else what the cell says. Writing to stderr is a failure, as
        it is in nbgrader; so is a warning, since numpy's go to stderr.
        """
        unknown = set(answers) - set(self.solutions)
        assert not unknown, f"{self.path.name} has no solution cell {unknown}"
        if tests is None:
            tests = self.touched(**answers) if answers else self.tests
        namespace = dict(_after_setup(tuple(self.setup)))
        for name, source in self.solutions.items():
            with contextlib.suppress(NotImplementedError):
                _run(answers.get(name, source), namespace)
        wanted = [name for name in tests if self.exercise_of[name] not in skip]
        return {name: _verdict(self.tests[name], namespace) for name in wanted}


def released(source: str) -> str:
    """A cell as it is in release/: without hidden tests, and with nbgrader's stub for a solution."""
    source = re.sub(r"(?ms)^ *### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", "", source)
    return re.sub(r"(?ms)### BEGIN SOLUTION.*?### END SOLUTION", "raise NotImplementedError()", source)


@functools.cache
def _after_setup(setup: tuple[str, ...]) -> dict:
    """The names that the locked cells define; they are run once, since some load a model."""
    namespace: dict = {"__name__": "__main__"}
    for source in setup:
        _run(source, namespace)
    return namespace


def _run(source: str, namespace: dict) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        exec(_compiled(source), namespace)


@functools.cache
def _compiled(source: str) -> types.CodeType:
    name = f"<cell {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    return compile(source, name, "exec")


def _verdict(source: str, namespace: dict) -> str:
    stderr = io.StringIO()
    with contextlib.redirect_stderr(stderr), warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            _run(source, namespace)
        except Exception as error:
            error = advice(error) or error
            return str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
    return f"stderr: {stderr.getvalue()}" if stderr.getvalue() else ""


LABS = [Lab.read(f"{path.parent.name}/{path.name}") for path in sorted((ROOT / "source").glob("*/lab-*.ipynb"))]
PHASES = sorted({lab.path.parent.name for lab in LABS})
