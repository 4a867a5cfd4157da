"""The reference notebook of each lab, executed once for all the tests that read what it prints."""

import functools

import nbformat
import pytest
from lab_cells import LABS
from nbclient import NotebookClient


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
def executed():
    """The executed lab of a name such as "lab-01"."""

    @functools.cache
    def execute(name: str) -> ExecutedLab:
        (lab,) = [lab for lab in LABS if lab.name == name]
        notebook = nbformat.read(lab.path, as_version=4)
        return ExecutedLab(NotebookClient(notebook, kernel_name="python3", timeout=300).execute())

    return execute
