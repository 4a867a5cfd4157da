"""A step before a release."""

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor


class Normalise(NbGraderPreprocessor):
    """Leave out of a release what depends on who ran the source notebook, when, and in which editor.

    nbgrader's own ClearOutput drops outputs and execution counts; timings, collapsed outputs, widget
    state and the author's Python version would stay, and make release/ differ between two authors.
    """

    kept_in_cell = {"nbgrader", "tags", "deletable", "editable", "jupyter"}

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb.metadata = NotebookNode(
            kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
            language_info={"name": "python"},
        )
        for cell in nb.cells:
            kept = self.kept_in_cell & cell.metadata.keys()
            cell.metadata = NotebookNode({key: cell.metadata[key] for key in sorted(kept)})
        return nb, resources
