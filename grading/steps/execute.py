"""Takes the place of nbgrader's Execute: the tests run with a judge, the student's cells in a sandbox.

nbgrader_config.py names it, so that `nbgrader autograde`, the Formgrader's button and `python -m grading autograde`
all judge alike.
"""

import atexit
import os
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Dict as DictTrait
from traitlets import Instance

from grading.course import as_typed, other_files, source_notebook
from grading.gradebook import released
from grading.judge.job import CodeCell, Job, NotebookJob, Role, Verdict
from grading.judges import Judges
from grading.plain_text import few, one_line

UNSAFE = "GRADING_UNSAFE_NO_SANDBOX"
MAX_SUBMITTED_BYTES = 2**25


class JudgedExecute(NbGraderPreprocessor):
    """Gives every code cell the outputs that the judge comes to.

    Raises:
        JudgeFailed: there is no sandbox, or the judge broke. The submission stays ungraded.
    """

    limits = DictTrait({}, help="Fields of grading.sandbox.Limits to override.").tag(config=True)
    # Handed over by grading.autograde, which has had the whole submission judged before.
    verdict = Instance(Verdict, allow_none=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        verdict = self.verdict or self._judge(nb, where["assignment"], where["student"], where["notebook"])
        cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        for number, (cell, outputs) in enumerate(zip(cells, verdict.outputs[where["notebook"]], strict=True), start=1):
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
            cell.execution_count = number
        return nb, resources

    def _judge(self, nb: NotebookNode, assignment: str, student: str, notebook: str) -> Verdict:
        course = self.parent.parent.coursedir  # that of the converter, to whose exporter this step belongs
        files = submitted_files(course, assignment, student, self.limits)
        source = source_notebook(course, assignment, notebook)
        order = source.order
        if not order:
            with Gradebook(course.db_url) as gradebook:
                order = released(gradebook, assignment, notebook).cells
        cells = notebook_job(nb, order, source.demonstrations)
        verdict = judge_here(Job({notebook: cells}, files, dict(self.limits), is_sandbox_waived()))
        for remark in few(remarks(verdict)):
            self.log.warning("%s: %s", one_line(student), remark)
        return verdict


def notebook_job(nb: NotebookNode, order: Iterable[str], demonstrations: frozenset[str]) -> NotebookJob:
    """A sanitised notebook's code cells, and the locked ones in the order of the course, not of the submission."""
    cells = code_cells(nb, demonstrations)
    locked = {cell.name: cell for cell in cells if cell.role is Role.LOCKED}
    return NotebookJob(cells, [locked[name] for name in order if name in locked])


def code_cells(nb: NotebookNode, demonstrations: frozenset[str]) -> list[CodeCell]:
    """A sanitised notebook's code cells, with what each of them is to the judge."""
    cells = []
    known = {cell.metadata.nbgrader.grade_id for cell in nb.cells if "nbgrader" in cell.metadata}
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        is_known = "nbgrader" in cell.metadata
        if is_grade(cell) and not is_solution(cell):
            role = Role.TEST
        elif is_locked(cell):
            role = Role.LOCKED
        elif not is_known and as_typed(cell.source) in demonstrations:
            role = Role.DEMONSTRATION
        else:
            role = Role.STUDENT
        name = cell.metadata.nbgrader.grade_id if is_known else cell.get("id", "")
        if not is_known and name in known:
            name = f"{name} (a cell of the student's)"
        cells.append(CodeCell(name, cell.source, role))
    return cells


def remarks(verdict: Verdict) -> list[str]:
    """What went wrong beside failed tests, in sentences."""
    faults = [f"{notebook}: {fault}" for notebook, faults in verdict.faults.items() for fault in faults]
    return faults + [f"{notebook}: {cell} timed out" for notebook, cells in verdict.timed_out.items() for cell in cells]


def is_sandbox_waived() -> bool:
    """Whether somebody has asked, by name, to run students' code without a sandbox."""
    return os.environ.get(UNSAFE) == "1"


def submitted_files(course: CourseDirectory, assignment: str, student: str, limits: dict) -> dict[str, bytes]:
    """What was handed in beside notebooks; the course's own files are as the course has them."""
    most = limits.get("submission_bytes", MAX_SUBMITTED_BYTES)
    submitted, own = (
        other_files(Path(course.format_path(step, owner, assignment)), most)
        for step, owner in ((course.submitted_directory, student), (course.source_directory, "."))
    )
    return submitted | own


_judges = Judges()
atexit.register(_judges.close)


def judge_here(job: Job) -> Verdict:
    """Judge with a process that this one keeps for as long as it lives. Errors: JudgeFailed."""
    return _judges.judge(job)
