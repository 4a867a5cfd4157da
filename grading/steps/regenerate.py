"""A look at source/ before nbgrader removes release/ASSIGNMENT, to generate it anew.

Once submissions are on record nbgrader adds and removes no cell. It finds that out when release/ASSIGNMENT is gone.
"""

from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

KINDS = (is_grade, is_solution, is_task, is_locked)


class CheckedSource(NotebookExporter):
    """nbgrader makes its exporter before it touches a file. Errors: NbGraderException; then nothing was changed."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        course = self.parent.coursedir
        paths = [Path(path) for found in self.parent.assignments.values() for path in found]
        if self.parent.no_database or course.notebook_id != "*":
            return
        with Gradebook(course.db_url, course.course_id) as gradebook:
            try:
                known = gradebook.find_assignment(course.assignment_id)
            except MissingEntry:
                return
            if not known.submissions:
                return
            before = {(notebook.name, cell.name) for notebook in known.notebooks for cell in notebook.source_cells}
            num_submissions = len(known.submissions)
        now = {(path.stem, name) for path in paths for name in _names(path)}
        if changes := [*_listed("new", now - before), *_listed("gone", before - now)]:
            why = (
                f"{course.assignment_id} was not generated, and release/ is as it was. Submissions are on record "
                f"({num_submissions}), and source/ has other cells than they were released with: {'; '.join(changes)}. "
                "Next step: give the cells back their names, or make a new assignment for what is new."
            )
            self.log.error("%s", why)
            raise NbGraderException(why)


def _names(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell.metadata.nbgrader.grade_id for cell in cells if any(is_kind(cell) for is_kind in KINDS)]


def _listed(what: str, cells: set[tuple[str, str]]) -> list[str]:
    shown = [f"{notebook}: {name}" for notebook, name in sorted(cells)]
    return [f"{what}: {', '.join(shown[:5])}{' ...' if len(shown) > 5 else ''}"] if shown else []
