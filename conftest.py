"""Lets pytest run a lab notebook: each graded test cell is one item, named by its grade_id.

    pytest source -m "not gpu"                        the specification on the reference solutions
    LAB_IMPL=starter pytest source/PHASE/LAB.ipynb    the same specification on your own copy
    pytest work/PHASE/LAB.ipynb                       the visible tests of your own copy, as you see them

Your own copy is the one in work/, which `make lab` makes, or else the one in release/.

The notebook runs once, in a fresh kernel, as nbgrader runs it; the score of a cell is nbgrader's.
"""

import functools
import os
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    folder = file_path.relative_to(ROOT).parts[0] if file_path.is_relative_to(ROOT) else ""
    if file_path.suffix == ".ipynb" and folder in ("source", "release", "work"):
        return LabNotebook.from_parent(parent, path=file_path)
    return None


class LabNotebook(pytest.File):
    """A lab. It runs once, when the first of its items does."""

    def collect(self):
        from nbgrader.utils import is_grade, is_solution  # it takes seconds, which other tests can do without

        for index, cell in enumerate(self.notebook.cells):
            if is_grade(cell) and not is_solution(cell):
                yield GradedTestCell.from_parent(self, name=cell.metadata.nbgrader.grade_id, index=index)

    @functools.cached_property
    def executed(self) -> nbformat.NotebookNode:
        """The whole notebook, with the outputs of its cells."""
        from jupyter_client.kernelspec import NoSuchKernel
        from nbgrader.preprocessors import ClearOutput, Execute
        from nbgrader.utils import setenv
        from traitlets.config import PyFileConfigLoader

        config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
        del config.Execute["extra_arguments"]  # here stderr counts: a lab's own cells have no use for it
        # A warning fails the reference, and costs a student nothing; a busy machine costs the reference nothing.
        warnings = {} if self._is_reference else {"PYTHONWARNINGS": "ignore"}
        if self._is_reference:
            config.Execute.timeout = 300
        try:
            notebook, resources = ClearOutput().preprocess(self.notebook, {"metadata": {"path": str(self.path.parent)}})
            with setenv(**warnings):
                return Execute(config=config).preprocess(notebook, resources)[0]
        except NoSuchKernel:
            raise LabFailure(
                "There is no Jupyter kernel named python3 in this environment.\n"
                "Next step: run pytest by `make test`, or install one: python -m ipykernel install --sys-prefix"
            ) from None

    @functools.cached_property
    def notebook(self) -> nbformat.NotebookNode:
        specification = _read(self.path)
        if self._is_reference or self.path.relative_to(ROOT).parts[0] != "source":
            return specification
        lab = self.path.relative_to(ROOT / "source")
        submitted = next((path for path in (ROOT / "work" / lab, ROOT / "release" / lab) if path.exists()), None)
        return under_specification(_read(submitted or ROOT / "release" / lab), specification)

    @functools.cached_property
    def _is_reference(self) -> bool:
        implementation = os.environ.get("LAB_IMPL", "reference")
        if implementation not in ("reference", "starter"):
            raise pytest.UsageError(
                f"LAB_IMPL={implementation!r} is not known: use LAB_IMPL=starter for your own copy in work/, "
                "or leave it out for the reference solutions."
            )
        return implementation == "reference" and self.path.is_relative_to(ROOT / "source")


class GradedTestCell(pytest.Item):
    """One graded test cell. It passes if nbgrader would give it all of its points."""

    def __init__(self, *, index: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.index = index

    def runtest(self) -> None:
        from nbgrader.utils import determine_grade

        cell = self.parent.executed.cells[self.index]
        score, max_score = determine_grade(cell)
        if score < max_score:
            raise LabFailure("\n".join(_complaints(cell)) or f"The cell earned {score} of {max_score} points.")

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, LabFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, 0, self.name


class LabFailure(Exception):
    """What a failing test cell says, and nothing of the machinery around it."""


def under_specification(
    submitted: nbformat.NotebookNode, specification: nbformat.NotebookNode
) -> nbformat.NotebookNode:
    """`submitted` with its locked cells as `specification` has them, hidden tests and all.

    A locked cell that is missing is put back behind the cell that it follows in the specification.
    """
    from nbgrader.utils import is_locked

    cells = [cell for cell in submitted.cells if not is_locked(cell)]
    for position, cell in enumerate(specification.cells):
        if not is_locked(cell):
            continue
        before = {_key(c) for c in specification.cells[:position]}
        at = max((i + 1 for i, c in enumerate(cells) if _key(c) in before), default=0)
        cells.insert(at, cell)
    submitted.cells = cells
    return submitted


def _key(cell: nbformat.NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "")


def _read(path: Path) -> nbformat.NotebookNode:
    shown = path.relative_to(ROOT)
    if not path.exists():
        raise pytest.UsageError(
            f"{shown} is missing, and it is the copy to test.\n"
            f"Next step: `git checkout -- {shown}` brings the untouched one back, `make release` makes it anew."
        )
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise pytest.UsageError(
            f"{shown} cannot be read as a notebook: {error}\n"
            "It was left as it is. Next step: open it in JupyterLab and save it, or bring back an earlier version."
        ) from None


def _complaints(cell: nbformat.NotebookNode):
    for output in cell.outputs:
        if output.output_type == "error":
            # labkit's failures are shown as their message alone; their kinds have several names.
            is_message = output.ename == "AssertionError" or "\n".join(output.traceback) == output.evalue
            yield output.evalue if is_message and output.evalue else f"{output.ename}: {output.evalue}"
        elif output.output_type == "stream" and output.name == "stderr":
            yield f"The cell wrote to stderr, which nbgrader counts as a failure:\n{output.text}"
