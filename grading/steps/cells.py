"""A step before autograding: every cell of the assignment gets back what it is.

The rule for a submission: *what* a cell is (test or answer, points, type, a test's code) is read
from the instructor's gradebook; the submission says only *where* the cell is and what the answers
are. Whatever else a submission claims about its cells is dropped, whether by accident or not, so
there is no malformed claim left that could stop nbgrader in the middle of a class.

It stands in place of all of nbgrader's own steps before autograding. Those repair a part of this and trip over the
rest: a duplicated cell or an unknown schema version ends the run for everybody, a missing key loses the student's
whole notebook.
"""

import copy
import re
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from traitlets import Dict as DictTrait

from grading.gradebook import Released, released
from grading.plain_text import few
from grading.steps.handout import handout, unfolded
from grading.steps.merged import insert, own_code_around
from grading.steps.whiteboard import bring_together
from grading.wire.channel import sendable


class CellsFromGradebook(NbGraderPreprocessor):
    """Give every cell of the assignment back its own metadata, type and, if locked, its code.

    - Of metadata only the names are read: tags that are not a list make a notebook invalid, and nbgrader gives it up.
    - Metadata that names no cell of this notebook is dropped; the cell stays, as an ordinary one.
    - Of several cells with the same name the last counts, as in stock; all of them are executed.
    - What a student wrote outside of a hand-graded cell is quoted in it; see grading.steps.whiteboard.
    - A missing test is put back as late as possible, so that it judges all that the student wrote
      for it; a missing read-only cell as early as possible, because what follows builds on it.
    - What a student wrote above or below a locked cell's code becomes a cell of theirs; see grading.steps.merged.
    - A missing autograded answer is not put back: its stub would overwrite an answer which the
      student wrote into a cell of their own.

    Raises:
        nbgrader.api.MissingEntry: the gradebook doesn't know the notebook. nbgrader skips such
            notebooks before it gets here ("Skipping unknown notebook").
    """

    # By notebook; handed over by grading.autograde, which reads the gradebook once for a class.
    released: dict[str, Released] = DictTrait()

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        original = self.released.get(where["notebook"])
        if original is None:
            with Gradebook(where["db_url"]) as gradebook:
                original = released(gradebook, where["assignment"], where["notebook"])
        metadata = {"kernelspec": nbformat.from_dict(original.kernelspec)} if original.kernelspec else {}
        cells = [_plain(cell, f"cell-{index}") for index, cell in enumerate(nb.cells)]
        claimed = [_claimed_name(cell) for cell in cells]
        nb = NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(metadata), cells=list(cells))
        added: list[tuple[NotebookNode, int, str]] = []
        remarks = list(self._rebuild(nb, original.cells, added))
        elsewhere = [
            (cell, name)
            for cell, name, rebuilt in zip(cells, claimed, nb.cells, strict=True)
            if rebuilt is cell or rebuilt.metadata.nbgrader.locked
        ]
        remarks += _restore_missing(nb, original.cells)
        given = handout(self._course(), where["assignment"], where["notebook"])
        bring_together(nb, elsewhere, original.cells, given)
        insert(nb, added)
        for remark in few(remarks, 20):
            self.log.warning(remark)
        return nb, resources

    def _course(self) -> CourseDirectory | None:
        """That of the converter, to which this step belongs, or its exporter."""
        owner = self.parent
        while owner is not None and not hasattr(owner, "coursedir"):
            owner = owner.parent
        return owner and owner.coursedir

    def _rebuild(
        self, nb: NotebookNode, originals: dict[str, NotebookNode], added: list[tuple[NotebookNode, int, str]]
    ) -> Iterator[str]:
        """Remarks. added: gets the student's code in locked cells, as (the cell, 0 above it or 1 below, code)."""
        hide = ClearHiddenTests(parent=self)
        seen = set()
        for index in reversed(range(len(nb.cells))):
            cell = nb.cells[index]
            if "nbgrader" not in cell.metadata:
                continue
            name = _claimed_name(cell)
            del cell.metadata["nbgrader"]
            if name not in originals:
                yield f"Cell {index} has the name of no cell of this notebook; treated as ungraded"
            elif name in seen:
                yield f"Cell '{name}' exists more than once; the last one counts"
            else:
                seen.add(name)
                nb.cells[index] = _rebuilt(originals[name], cell)
                given, _ = hide.preprocess_cell(copy.deepcopy(originals[name]), {}, 0)
                is_rewritten = given.metadata.nbgrader.locked and cell.source != given.source
                if (
                    is_rewritten
                    and cell.cell_type == given.cell_type == "code"
                    and (own := own_code_around(given, cell))
                ):
                    added += [(nb.cells[index], side, code) for side, code in enumerate(own) if code]
                    yield f"Cell '{name}' also held code of the student's; it runs as a cell of its own"
                elif is_rewritten or cell.cell_type != given.cell_type:
                    yield f"The type or the test of cell '{name}' was changed; restored"


def _restore_missing(nb: NotebookNode, originals: dict[str, NotebookNode]) -> Iterator[str]:
    names = list(originals)
    present = {cell.metadata.nbgrader.grade_id for cell in nb.cells if "nbgrader" in cell.metadata}
    for rank, name in enumerate(names):
        claim = originals[name].metadata.nbgrader
        if name in present or (claim.solution and not claim.grade):
            continue
        yield f"Cell '{name}' was missing from the submission; restored"
        claims = ((index, cell.metadata.get("nbgrader")) for index, cell in enumerate(nb.cells))
        at = {claim.grade_id: index for index, claim in claims if claim}
        if claim.grade:
            index = next((at[later] for later in names[rank + 1 :] if later in at), len(nb.cells))
        else:
            index = max((at[earlier] for earlier in names[:rank] if earlier in at), default=-1) + 1
        nb.cells.insert(index, copy.deepcopy(originals[name]))


def _claimed_name(cell: NotebookNode) -> str | None:
    claim = cell.metadata.get("nbgrader")
    name = claim.get("grade_id") if isinstance(claim, dict) else None
    return name if isinstance(name, str) else None


def _plain(cell: NotebookNode, default_id: str) -> NotebookNode:
    """A submitted cell's text, id, pictures and claim to a name; nothing else that could be malformed."""
    kind = cell.cell_type if cell.cell_type in ("code", "markdown", "raw") else "raw"
    text = cell.source if isinstance(cell.source, str) else ""
    text = sendable(text)  # what cannot be sent cannot be written, either
    name = cell.get("id")
    is_name = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name)
    plain = NotebookNode(cell_type=kind, id=name if is_name else default_id, metadata=NotebookNode(), source=text)
    if kind == "code":
        plain.update(outputs=[], execution_count=None)
    else:
        plain.source = unfolded(text) if kind == "markdown" else text
        pictures = cell.get("attachments")
        if isinstance(pictures, dict) and all(isinstance(picture, dict) for picture in pictures.values()):
            plain.attachments = pictures
    if isinstance(cell.metadata, dict) and "nbgrader" in cell.metadata:
        plain.metadata.nbgrader = cell.metadata.nbgrader
    return plain


def _rebuilt(original: NotebookNode, submitted: NotebookNode) -> NotebookNode:
    """The original cell with the submitted one's id and, unless it is locked, its text and pictures."""
    cell = copy.deepcopy(original)
    cell.id = submitted.id
    if not original.metadata.nbgrader.locked:
        cell.source = submitted.source
        if cell.cell_type == "markdown" and "attachments" in submitted:
            cell.attachments = submitted.attachments
    return cell
