"""The reference notebook of each lab, executed once for all the tests that read what it prints."""

import functools

import nbformat
import pytest
from lab_cells import LABS, Lab


class ExecutedLab:
    """A lab after its reference solutions have run."""

    def __init__(self, notebook: nbformat.NotebookNode) -> None:
        self.notebook = notebook

    @property
    def outputs(self) -> list[nbformat.NotebookNode]:
        return [output for cell in self.notebook.cells if cell.cell_type == "code" for output in cell.outputs]

    @property
    def all_printed(self) -> str:
        return "".join(output.text for output in self.outputs if output.output_type == "stream")

    def printed(self, cell_id: str) -> str:
        """What the cell printed."""
        (cell,) = [cell for cell in self.notebook.cells if cell.id == cell_id]
        return "".join(output.text for output in cell.outputs if output.output_type == "stream")


@pytest.fixture(scope="session")
def executed(request):
    """executed("lab-01") -> that lab, after the run whose test cells are items of pytest: it is shared with them."""

    @functools.cache
    def execute(name: str) -> ExecutedLab:
        (lab,) = [lab for lab in LABS if lab.name == name]
        return ExecutedLab(_collector(request.session, lab).executed)

    return execute


def _collector(session: pytest.Session, lab: Lab) -> pytest.Collector:
    """The notebook among what pytest has collected; if it has collected other files only, the notebook anew."""
    collected = (item.parent for item in session.items if item.path == lab.path)
    new = session.config.hook.pytest_collect_file
    return next(collected, None) or new(file_path=lab.path, parent=session)[0]
