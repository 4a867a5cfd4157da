"""One submission: made into a job for the judge, and its verdict put on record, by nbgrader's own Autograde."""

import contextlib
import glob
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbconvert.exporters import Exporter
from nbconvert.preprocessors import Preprocessor
from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grading.autograde.begin import OneGradebook
from grading.autograde.submissions import Submission
from grading.autograde.unseen import about_notebooks
from grading.collect.labs import labs_in
from grading.course import quiet, source_notebook
from grading.gradebook import find_assignment, released
from grading.judge.job import Job, Verdict
from grading.sandbox import Limits
from grading.steps.cells import CellsFromGradebook
from grading.steps.entry import MAX_NOTEBOOK_BYTES, admit, read_regular
from grading.steps.execute import JudgedExecute, is_sandbox_waived, notebook_job, submitted_files
from grading.steps.points import SavePoints
from grading.steps.readable import notebook_of


@dataclass(frozen=True)
class Prepared:
    """A submission that is ready to be judged.

    notebooks: those of the assignment, after nbgrader's first pass.
    remarks:   what was set aside, and why a whole notebook has no points, in sentences.
    pythons:   the version of Python that each notebook names.
    state:     of the folder, which is another one if the student hands in again in the meantime.
    """

    job: Job
    notebooks: dict[str, NotebookNode]
    remarks: list[str]
    pythons: dict[str, str]
    state: list[tuple]


class Changed(ValueError):
    """The submission is not the one that was judged."""


class Recorder(OneGradebook):
    """nbgrader's Autograde with its two passes apart, so that many submissions can be judged between them.

    It reads what was released once for a whole class. Close it.

    config: from nbgrader_config.py. assignment: its name. Errors: ValueError if the gradebook does not know it.
    """

    def __init__(self, config: Config, assignment: str) -> None:
        self.limits = dict(config.JudgedExecute.get("limits", {}))
        try:
            Limits(**self.limits)
        except TypeError as error:
            raise ValueError(f"c.JudgedExecute.limits in nbgrader_config.py: {error}.") from None
        config.Exporter.optimistic_validation = True  # once a notebook, not once a step
        course = CourseDirectory(config=config, assignment_id=assignment, log=quiet)
        super().__init__(coursedir=course, config=config, log=quiet)
        self.assignment = assignment
        self.gradebook = Gradebook(course.db_url, course.course_id)
        try:
            names = [notebook.name for notebook in find_assignment(self.gradebook, assignment).notebooks]
        except ValueError:
            self.close()
            raise
        self._released = {name: released(self.gradebook, assignment, name) for name in names}
        self._sources = {name: source_notebook(course, assignment, name) for name in names}
        self.gradebook.db.remove()
        self.labs = labs_in(Path(course.format_path(course.release_directory, ".", assignment)))
        cells = CellsFromGradebook(parent=self, released=self._released)
        self._first_pass = _with_steps(Exporter(parent=self, config=self.config), self.sanitize_preprocessors, cells)

    def close(self) -> None:
        self.gradebook.close()

    def prepare(self, submission: Submission) -> Prepared:
        """What the judge needs of a submission. Errors: ValueError, naming the file that cannot be read."""
        remarks = admit(submission.folder)  # it may have been handed in again since the class was listed
        state = _state(submission.folder)
        paths = sorted(submission.folder.glob(f"{self.coursedir.notebook_id}.ipynb"))
        known = [path for path in paths if path.stem in self._released]
        if not known:
            names, handed_in = (", ".join(sorted(n)) for n in (self._released, [path.stem for path in paths]))
            raise ValueError(f"No notebook has the name of a lab in this assignment ({names}). Submitted: {handed_in}.")
        contents, notebooks, pythons = {}, {}, {}
        for path in known:
            with _named(path):
                contents[path.stem] = content = read_regular(path, MAX_NOTEBOOK_BYTES)
                nb = notebook_of(content.decode())
                pythons[path.stem] = str(nb.metadata.get("language_info", {}).get("version"))
                resources = self.init_single_notebook_resources(str(path))
                notebooks[path.stem] = self._first_pass.from_notebook_node(nb, resources)[0]
        remarks += about_notebooks(contents, {*self._released}, self.labs)
        jobs = {}
        for name, nb in notebooks.items():
            order = self._sources[name].order or self._released[name].cells
            jobs[name] = notebook_job(nb, order, self._sources[name].demonstrations)
        files = submitted_files(self.coursedir, self.assignment, submission.student, self.limits)
        return Prepared(Job(jobs, files, self.limits, is_sandbox_waived()), notebooks, remarks, pythons, state)

    def record(self, submission: Submission, prepared: Prepared, verdict: Verdict) -> None:
        """Write points and notebooks. Errors: Changed, and others; then autograded/ holds nothing of the student's."""
        with self._destination(submission):
            if _state(submission.folder) != prepared.state:
                raise Changed("It was handed in again while it was graded. Next step: run the same command again.")
            self.writer = FilesWriter(parent=self, config=self.config)  # it makes its folder once
            exporter = self.exporter_class(parent=self, config=self.config)
            own = JudgedExecute(parent=self, verdict=verdict), SavePoints(parent=self, gradebook=self.gradebook)
            _with_steps(exporter, self.autograde_preprocessors, *own)
            written = []
            for name, nb in prepared.notebooks.items():
                resources = self.init_single_notebook_resources(str(submission.folder / f"{name}.ipynb"))
                written.append(exporter.from_notebook_node(nb, resources))
            self.gradebook.db.commit()
            # In this order: who is killed between the two leaves points and no file, and is graded again.
            for text, resources in written:
                self.write_single_notebook(text, resources)
            self.set_permissions(self.assignment, submission.student)
            self.run_post_convert_hook()

    def record_failure(self, submission: Submission) -> None:
        """Put on record, as nbgrader does, that there is a submission, and no points. Errors: as those of record."""
        with contextlib.suppress(NbGraderException), self._destination(submission):
            raise NbGraderException("not graded")

    @contextlib.contextmanager
    def _destination(self, submission: Submission) -> Iterator[None]:
        """A new folder in autograded/ and an entry in the gradebook. The folder goes if the work in it fails."""
        folder = self._format_dest(self.assignment, submission.student)
        self.coursedir.student_id = glob.escape(submission.student)
        self.notebooks = [str(path) for path in sorted(submission.folder.glob(f"{self.coursedir.notebook_id}.ipynb"))]
        try:
            if os.path.lexists(folder):
                shutil.rmtree(folder)
            self.run_pre_convert_hook()
            self.init_assignment(self.assignment, submission.student)
            yield
        except BaseException:
            self.gradebook.db.rollback()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            self.gradebook.db.remove()


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors: ValueError, with the file's name, for those that nbformat has."""
    try:
        yield
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
        text = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise ValueError(f"{path.name}: {text}") from None


def _state(folder: Path) -> list[tuple]:
    found = ((path, path.lstat()) for path in sorted(folder.rglob("*")))
    return [(path, state.st_ino, state.st_size, state.st_mtime_ns) for path, state in found]


def _with_steps(exporter: Exporter, steps: list, *own: Preprocessor) -> Exporter:
    """Register the configured steps; for those of this course, the ones given."""
    given = {f"{type(step).__module__}.{type(step).__name__}": step for step in own}
    for step in steps:
        exporter.register_preprocessor(given.get(step, step))
    return exporter
