"""Takes the place of nbgrader's Execute: the tests run with a judge, the student's cells in a sandbox.

nbgrader_config.py names it, so that `nbgrader autograde`, the Formgrader's button and `python -m grading autograde`
all judge alike.
"""

import atexit
import base64
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Dict as DictTrait

from grading.judge.job import CodeCell, Job, Role, Verdict
from grading.judge.server import JudgeServer

UNSAFE = "GRADING_UNSAFE_NO_SANDBOX"


class JudgedExecute(NbGraderPreprocessor):
    """Gives every code cell the outputs that the judge comes to.

    Raises:
        JudgeFailed: there is no sandbox, or the judge broke. The submission stays ungraded.
    """

    limits = DictTrait({}, help="Fields of grading.sandbox.Limits to override.").tag(config=True)
    # Set by grading.autograde, which has the verdicts already.
    judge: Callable[[Job], Verdict] | None = None

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        course = course_directory(self)
        own_cells = demonstrations(course, where["assignment"], where["notebook"])
        cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        job = Job(
            {where["notebook"]: code_cells(nb, own_cells)},
            submitted_files(course, where["assignment"], where["student"], self.limits),
            dict(self.limits),
            is_sandbox_waived(),
        )
        verdict = (type(self).judge or judge_here)(job)
        for fault in verdict.faults.get(where["notebook"], ()):
            self.log.warning("%s, %s: %s", where["student"], where["notebook"], fault)
        for number, (cell, outputs) in enumerate(zip(cells, verdict.outputs[where["notebook"]], strict=True), start=1):
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
            cell.execution_count = number
        return nb, resources


def course_directory(step: Any) -> CourseDirectory | None:
    """The course that a step works for: that of the converter which the step belongs to."""
    while step is not None and not isinstance(getattr(step, "coursedir", None), CourseDirectory):
        step = step.parent
    return step.coursedir if step is not None else None


def demonstrations(course: CourseDirectory | None, assignment: str, notebook: str) -> set[str]:
    """The sources of the code cells that the course shows ungraded; empty if the notebook's source is not here."""
    if course is None:
        return set()
    path = Path(course.format_path(course.source_directory, ".", assignment), f"{notebook}.ipynb")
    try:
        cells = nbformat.read(path, as_version=4).cells
    except Exception:  # then every cell of the submission runs
        return set()
    return {cell.source for cell in cells if cell.cell_type == "code" and "nbgrader" not in cell.metadata}


def code_cells(nb: NotebookNode, own_cells: set[str]) -> list[CodeCell]:
    """A sanitised notebook's code cells, with what each of them is to the judge."""
    cells = []
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        if is_grade(cell) and not is_solution(cell):
            role = Role.TEST
        elif is_locked(cell):
            role = Role.LOCKED
        else:
            is_own = "nbgrader" not in cell.metadata and cell.source in own_cells
            role = Role.DEMONSTRATION if is_own else Role.STUDENT
        name = cell.metadata.nbgrader.grade_id if "nbgrader" in cell.metadata else cell.get("id", "")
        cells.append(CodeCell(name, cell.source, role))
    return cells


def is_sandbox_waived() -> bool:
    """Whether somebody has asked, by name, to run students' code without a sandbox."""
    return os.environ.get(UNSAFE) == "1"


def submitted_files(course: CourseDirectory | None, assignment: str, student: str, limits: dict) -> dict[str, str]:
    """What was handed in beside notebooks; the course's own files are as the course has them.

    Read where the student put it: in autograded/, where nbgrader has copied it, a link is no longer seen to be one.
    """
    if course is None:
        return {}
    folders = (
        course.format_path(course.submitted_directory, student, assignment),
        course.format_path(course.source_directory, ".", assignment),
    )
    submitted, own = (other_files(Path(folder), limits) for folder in folders)
    return submitted | own


def other_files(folder: Path, limits: dict) -> dict[str, str]:
    """What else was handed in, base64 by path. Links and special files are passed over, and so is what is too much."""
    left = limits.get("submission_bytes", 2**25)
    files = {}
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        for name in sorted(names):
            path = Path(parent, name)
            state = path.lstat()
            if stat.S_ISREG(state.st_mode) and path.suffix != ".ipynb" and state.st_size <= left:
                files[path.relative_to(folder).as_posix()] = base64.b64encode(path.read_bytes()).decode()
                left -= state.st_size
    return files


_server: JudgeServer | None = None


def judge_here(job: Job) -> Verdict:
    """Judge with a process that this one keeps for as long as it lives. Errors: JudgeFailed."""
    global _server
    if _server is None:
        _server = JudgeServer()
        atexit.register(_server.close)
    return _server.judge(job)
