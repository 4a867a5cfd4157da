"""One submission: made into a job for the judge, and its verdict put on record by nbgrader's own Autograde."""

import functools
import glob
import hashlib
from dataclasses import dataclass
from pathlib import Path

import nbformat
import nbgrader.api
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import Engine, create_engine
from traitlets.config import Config

from grading.autograde.faults import CannotGoOn, Log, in_words, what_stops_all
from grading.autograde.submissions import Submission
from grading.judge.job import Job, Verdict
from grading.sandbox import Limits
from grading.steps.execute import (
    JudgedExecute,
    code_cells,
    demonstrations,
    is_sandbox_waived,
    judge_here,
    submitted_files,
)


@dataclass(frozen=True)
class Sanitised:
    """A notebook after nbgrader's first pass, which gives it its cells back. digest: of the file that was read."""

    digest: str
    text: str
    resources: dict


@dataclass(frozen=True)
class Prepared:
    """A submission that is ready to be judged. notebooks: by their path."""

    job: Job
    notebooks: dict[str, Sanitised]


class Recorder:
    """Works on a course's submissions with nbgrader's own classes and configuration.

    config: from nbgrader_config.py. assignment: its name. Errors: ValueError if the gradebook does not know it.
    """

    def __init__(self, config: Config, assignment: str) -> None:
        self.config, self.assignment = config, assignment
        self.limits = dict(config.JudgedExecute.get("limits", {}))
        try:
            Limits(**self.limits)
        except TypeError as error:
            raise ValueError(f"c.JudgedExecute.limits in nbgrader_config.py: {error}.") from None
        nbgrader.api.create_engine = _engine
        self.course = CourseDirectory(config=config, assignment_id=assignment)
        with self.gradebook() as gradebook:
            try:
                self.notebooks = {notebook.name for notebook in gradebook.find_assignment(assignment).notebooks}
            except MissingEntry:
                raise ValueError(
                    f"The gradebook has no assignment {assignment!r}. "
                    f"Next step: nbgrader generate_assignment {assignment}"
                ) from None

    def gradebook(self) -> Gradebook:
        return Gradebook(self.course.db_url, self.course.course_id)

    def autograde(self, student: str = "*", log: Log | None = None) -> Autograde:
        """nbgrader's converter for one student, or for all of them. What it warns of goes into `log`."""
        self.course.student_id = student if student == "*" else glob.escape(student)
        converter = Autograde(coursedir=self.course, config=self.config)
        converter.log = (log or Log()).logger
        return converter

    def prepare(self, submission: Submission) -> Prepared:
        """What the judge needs of a submission. Errors: ValueError, naming the file that cannot be read."""
        try:
            self.course.get_existing_timestamp(str(submission.folder))
        except Exception:
            raise ValueError("timestamp.txt contains no time, such as 2026-01-31 12:00:00 UTC.") from None
        converter = self.autograde(submission.student)
        paths = sorted(submission.folder.glob(f"{self.course.notebook_id}.ipynb"))
        known = [path for path in paths if path.stem in self.notebooks]
        if not known:
            names, handed_in = (", ".join(sorted(n)) for n in (self.notebooks, [path.stem for path in paths]))
            raise ValueError(f"No notebook has the name of a lab in this assignment ({names}). Submitted: {handed_in}.")
        if converter.pre_convert_hook is not None:
            converter.pre_convert_hook(
                assignment=self.assignment, student=submission.student, notebooks=[str(path) for path in paths]
            )
        converter.exporter = converter.exporter_class(parent=converter, config=converter.config)
        converter._init_preprocessors()  # those of its first pass
        notebooks = {str(path): _sanitised(converter, path) for path in known}
        cells = {
            path.stem: code_cells(
                nbformat.reads(notebooks[str(path)].text, as_version=4),
                demonstrations(self.course, self.assignment, path.stem),
            )
            for path in known
        }
        files = submitted_files(self.course, self.assignment, submission.student, self.limits)
        return Prepared(Job(cells, files, self.limits, is_sandbox_waived()), notebooks)

    def record(self, submission: Submission, prepared: Prepared | None, verdict: Verdict | None) -> list[str]:
        """Put a verdict on record. Without one nbgrader finds out for itself what is wrong with the submission.

        Returns what went wrong, in sentences; empty if the submission is graded. Errors: CannotGoOn.
        """
        log = Log()
        converter = self.autograde(submission.student, log)
        converter.force = submission.why != "new"
        if prepared is not None:
            converter.exporter_class = _exporter_that_knows(converter.exporter_class)
            converter.exporter_class.known = prepared.notebooks

        def known_verdict(asked: Job) -> Verdict:
            ((name, cells),) = asked.notebooks.items()
            is_known = prepared and prepared.job.notebooks.get(name) == cells and prepared.job.files == asked.files
            return verdict if is_known else judge_here(asked)

        JudgedExecute.judge = staticmethod(known_verdict)
        try:
            converter.start()
        except NbGraderException as error:
            errors = log.errors or [error]
        except OSError as error:
            errors = [error]
        else:
            return []
        finally:
            JudgedExecute.judge = None
        if stops := next(filter(None, map(what_stops_all, errors)), None):
            raise CannotGoOn(stops)
        return [in_words(errors[0])]


@functools.cache
def _engine(db_url: str, **options) -> Engine:
    """One for all of the gradebooks that nbgrader opens, some ten a notebook: it remembers how it compiled a query.

    nbgrader disposes of it after each, which closes its connections and leaves it as good as new.
    """
    return create_engine(db_url, **options)


def _sanitised(converter: Autograde, path: Path) -> Sanitised:
    try:
        resources = converter.init_single_notebook_resources(str(path))
        digest = _digest(path)
        return Sanitised(digest, *converter.exporter.from_filename(str(path), resources=resources))
    except Exception as error:
        if stops := what_stops_all(error):
            raise CannotGoOn(stops) from None
        raise ValueError(f"{path.name}: {in_words(error)}") from None


@functools.cache
def _exporter_that_knows(exporter_class: type) -> type:
    """An exporter that does not work a second time on a file which is as it was when it was prepared."""

    class Exporter(exporter_class):
        known: dict[str, Sanitised] = {}

        def from_filename(self, filename: str, resources: dict | None = None, **kwargs) -> tuple[str, dict]:
            known = type(self).known.get(filename)
            if known is not None and known.digest == _digest(Path(filename)):
                return known.text, known.resources
            return super().from_filename(filename, resources=resources, **kwargs)

    return Exporter


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
