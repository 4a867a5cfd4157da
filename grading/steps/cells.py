"""A step before autograding: every cell of the assignment gets back what it is.

The rule for a submission: *what* a cell is (test or answer, points, type, a test's code) is read
from the instructor's gradebook; the submission says only *where* the cell is and what the answers
are. Whatever else a submission claims about its cells is dropped, whether by accident or not, so
there is no malformed claim left that could stop nbgrader in the middle of a class.

Stock 0.9.6 repairs a part of this (OverwriteCells) and trips over the rest: a duplicated cell or an
unknown schema version ends the run for everybody, a missing key loses the student's whole notebook.
"""

import copy
import re

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.api import Notebook as GradebookNotebook
from nbgrader.nbgraderformat import SCHEMA_VERSION
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor


class CellsFromGradebook(NbGraderPreprocessor):
    """Give every cell of the assignment back its own metadata, type and, if locked, its code.

    - Of metadata only the names are read: a tag that is no list makes a notebook invalid, and nbgrader gives it up.
    - Metadata that names no cell of this notebook is dropped; the cell stays, as an ordinary one.
    - Of several cells with the same name the last counts, as in stock; all of them are executed.
    - A missing test is put back as late as possible, so that it judges all that the student wrote
      for it; a missing read-only cell as early as possible, because what follows builds on it.
    - A missing autograded answer is not put back: its stub would overwrite an answer which the
      student wrote into a cell of their own.

    Raises:
        nbgrader.api.MissingEntry: the gradebook doesn't know the notebook. nbgrader skips such
            notebooks before it gets here ("Skipping unknown notebook").
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            originals = _originals(gradebook.find_notebook(where["notebook"], where["assignment"]))
        nb = nbformat.v4.upgrade(nb)  # cells written by old programs have no id, new ones need one
        nb.metadata = NotebookNode()
        nb.cells = [_plain(cell) for cell in nb.cells]
        self._rebuild(nb, originals)
        self._restore_missing(nb, originals)
        return nb, resources

    def _rebuild(self, nb: NotebookNode, originals: dict[str, NotebookNode]) -> None:
        seen = set()
        for index in reversed(range(len(nb.cells))):
            cell = nb.cells[index]
            if "nbgrader" not in cell.metadata:
                continue
            claim = cell.metadata.pop("nbgrader")
            name = claim.get("grade_id") if isinstance(claim, dict) else None
            if not isinstance(name, str) or name not in originals:
                self.log.warning("Cell %d has the name of no cell of this notebook; treated as ungraded", index)
            elif name in seen:
                self.log.warning("Cell '%s' exists more than once; the last one counts", name)
            else:
                seen.add(name)
                nb.cells[index] = _rebuilt(originals[name], cell)
                if self._was_changed(cell, originals[name]):
                    self.log.warning("The type or the test of cell '%s' was changed; restored", name)

    def _was_changed(self, cell: NotebookNode, original: NotebookNode) -> bool:
        """Whether this cell's type, or a locked cell's code, isn't what the student was given."""
        hide = ClearHiddenTests(parent=self)
        released, _ = hide.preprocess_cell(copy.deepcopy(original), {}, 0)
        rewritten = original.metadata.nbgrader.locked and cell.source != released.source
        return rewritten or cell.cell_type != original.cell_type

    def _restore_missing(self, nb: NotebookNode, originals: dict[str, NotebookNode]) -> None:
        names = list(originals)
        for rank, name in enumerate(names):
            claims = ((index, cell.metadata.get("nbgrader")) for index, cell in enumerate(nb.cells))
            at = {claim.grade_id: index for index, claim in claims if claim}
            claim = originals[name].metadata.nbgrader
            if name in at or (claim.solution and not claim.grade):
                continue
            self.log.warning("Cell '%s' was missing from the submission; restored", name)
            if claim.grade:
                index = next((at[later] for later in names[rank + 1 :] if later in at), len(nb.cells))
            else:
                index = max((at[earlier] for earlier in names[:rank] if earlier in at), default=-1) + 1
            nb.cells.insert(index, originals[name])


def unfolded(text: str) -> str:
    """A text cell with its rubric open: students find it folded, whoever grades should see it at once."""
    return text.replace("<details><summary>Rubric", "<details open><summary>Rubric")


def _originals(notebook: GradebookNotebook) -> dict[str, NotebookNode]:
    """The cells of the assignment as the instructor released them, by name, in their order."""
    points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
    graded = {cell.name for cell in notebook.grade_cells}
    answers = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name for cell in notebook.task_cells}
    originals = {}
    for source in notebook.source_cells:
        name = source.name
        claim = {
            "schema_version": SCHEMA_VERSION,
            "grade_id": name,
            "grade": name in graded,
            "solution": name in answers,
            "task": name in tasks,
            "locked": source.locked,
            "cell_type": source.cell_type,
            "checksum": source.checksum,
        }
        if name in points:
            claim["points"] = points[name]
        new_cell = getattr(nbformat.v4, f"new_{source.cell_type}_cell")
        originals[name] = new_cell(source.source, metadata={"nbgrader": claim, "deletable": False})
    return originals


def _plain(cell: NotebookNode) -> NotebookNode:
    """A submitted cell's text, id, pictures and claim to a name; nothing else that could be malformed."""
    kind = cell.cell_type if cell.cell_type in ("code", "markdown", "raw") else "raw"
    text = cell.source if isinstance(cell.source, str) else ""
    plain = getattr(nbformat.v4, f"new_{kind}_cell")(unfolded(text) if kind == "markdown" else text)
    if isinstance(cell.get("id"), str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell.id):
        plain.id = cell.id
    pictures = cell.get("attachments")
    if kind == "markdown" and isinstance(pictures, dict) and all(isinstance(v, dict) for v in pictures.values()):
        plain.attachments = pictures
    if isinstance(cell.metadata, dict) and "nbgrader" in cell.metadata:
        plain.metadata.nbgrader = cell.metadata.nbgrader
    return plain


def _rebuilt(original: NotebookNode, submitted: NotebookNode) -> NotebookNode:
    """The original cell with the submitted one's id and, unless it is locked, its text."""
    cell = NotebookNode(original, id=submitted.id)
    if not original.metadata.nbgrader.locked:
        cell.source = submitted.source
    return cell
