"""Runs a lab's real cells in this process, with any answer in place of the reference solution."""

import contextlib
import io
import linecache
import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "agg")

import nbformat
from nbgrader.utils import is_grade, is_solution

ROOT = Path(__file__).parents[2]


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

    @classmethod
    def read(cls, inside_source: str) -> "Lab":
        lab = cls(ROOT / "source" / inside_source)
        latest = None
        for cell in nbformat.read(lab.path, as_version=4).cells:
            nbgrader = cell.metadata.get("nbgrader")
            if cell.cell_type != "code" or nbgrader is None:
                continue
            if is_grade(cell):
                lab.tests[nbgrader.grade_id] = cell.source
                lab.exercise_of[nbgrader.grade_id] = latest
                lab.points[nbgrader.grade_id] = nbgrader.points
            elif is_solution(cell):
                lab.solutions[nbgrader.grade_id] = cell.source
                latest = nbgrader.grade_id
            else:
                lab.setup.append(cell.source)
        return lab

    def messages(self, **answers: str) -> dict[str, str]:
        """Run the whole lab with `answers` (solution grade_id -> code) and the reference elsewhere.

        Returns test grade_id -> "" for a cell that passes, else what the cell says. Writing to stderr is a
        failure, as it is in nbgrader; so is a warning, since numpy's go to stderr.
        """
        unknown = set(answers) - set(self.solutions)
        assert not unknown, f"{self.path.name} has no solution cell {unknown}"
        namespace: dict = {"__name__": "__main__"}
        for source in self.setup:
            _run(source, namespace)
        for name, source in self.solutions.items():
            with contextlib.suppress(NotImplementedError):
                _run(answers.get(name, source), namespace)
        return {name: _verdict(source, namespace) for name, source in self.tests.items()}


def _run(source: str, namespace: dict) -> None:
    name = f"<cell {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, name, "exec"), namespace)


def _verdict(source: str, namespace: dict) -> str:
    stderr = io.StringIO()
    with contextlib.redirect_stderr(stderr), warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            _run(source, namespace)
        except Exception as error:
            return str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
    return f"stderr: {stderr.getvalue()}" if stderr.getvalue() else ""
