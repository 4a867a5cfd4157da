"""One submission: made into a job for the judge, and its verdict put on record by nbgrader's own Autograde."""

import contextlib
import errno
import glob
import logging
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from grading.autograde.submissions import Submission
from grading.execute import JudgedExecute, code_cells, demonstrations, is_sandbox_waived, judge_here, submitted_files
from grading.judge.job import Job, Verdict


class CannotGoOn(Exception):
    """The gradebook or the disk fails; grading others would fail as well."""


class Log(logging.Handler):
    """Keeps what nbgrader warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.logger = logging.Logger("autograde", logging.WARNING)
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def errors(self) -> list[str]:
        """The last lines of what went wrong."""
        return [r.getMessage().strip().splitlines()[-1] for r in self.records if r.levelno >= logging.ERROR]


class Recorder:
    """Works on a course's submissions with nbgrader's own classes and configuration.

    config: from nbgrader_config.py. assignment: its name.
    """

    def __init__(self, config: Config, assignment: str) -> None:
        self.config, self.assignment = config, assignment
        self.course = CourseDirectory(config=config, assignment_id=assignment)

    def autograde(self, student: str = "*", log: Log | None = None) -> Autograde:
        """nbgrader's converter for one student, or for all of them."""
        self.course.student_id = student if student == "*" else glob.escape(student)
        converter = Autograde(coursedir=self.course, config=self.config)
        if log is not None:
            converter.log = log.logger
        return converter

    def job(self, submission: Submission) -> Job:
        """What the judge needs of a submission. Errors: whatever is wrong with one of its notebooks."""
        converter = self.autograde(submission.student, Log())
        paths = sorted(submission.folder.glob(f"{self.course.notebook_id}.ipynb"))
        if converter.pre_convert_hook is not None:
            converter.pre_convert_hook(
                assignment=self.assignment, student=submission.student, notebooks=[str(path) for path in paths]
            )
        with _converting(converter):
            cells = {path.stem: self._code_cells(converter, path) for path in paths if self._is_known(path.stem)}
        limits = dict(self.config.JudgedExecute.get("limits", {}))
        files = submitted_files(self.course, self.assignment, submission.student, limits)
        return Job(cells, files, limits, is_sandbox_waived())

    def record(self, submission: Submission, job: Job | None, verdict: Verdict | None) -> list[str]:
        """Put a verdict on record. Without one nbgrader finds out for itself what is wrong with the submission.

        Returns what went wrong, in sentences; empty if the submission is graded. Errors: CannotGoOn.
        """
        log = Log()
        converter = self.autograde(submission.student, log)
        converter.force = submission.why != "new"

        def known_verdict(asked: Job) -> Verdict:
            (name,) = asked.notebooks
            is_known = job is not None and verdict is not None and job.notebooks.get(name) == asked.notebooks[name]
            return verdict if is_known else judge_here(asked)

        JudgedExecute.judge = staticmethod(known_verdict)
        try:
            converter.start()
        except NbGraderException as error:
            if isinstance(error.__context__, SQLAlchemyError):
                raise CannotGoOn(f"The gradebook {self.course.db_url} fails: {error.__context__}") from None
        except OSError as error:
            raise CannotGoOn(f"{error.filename or 'The disk'}: {error.strerror}") from None
        finally:
            JudgedExecute.judge = None
        for record in log.records:
            if f"[Errno {errno.ENOSPC}]" in record.getMessage():
                raise CannotGoOn("The disk is full: make room, and run the same command again.")
        return log.errors[:1]

    def _code_cells(self, converter: Autograde, path: Path):
        resources = converter.init_single_notebook_resources(str(path))
        text, _ = converter.exporter.from_filename(str(path), resources=resources)
        own_cells = demonstrations(self.course, self.assignment, path.stem)
        return code_cells(nbformat.reads(text, as_version=4), own_cells)

    def _is_known(self, notebook: str) -> bool:
        path = Path(self.course.format_path(self.course.source_directory, ".", self.assignment), f"{notebook}.ipynb")
        return path.exists()


@contextlib.contextmanager
def _converting(converter: Autograde) -> Iterator[None]:
    """Readies a converter for its first pass, which gives a notebook its cells back."""
    converter.exporter = converter.exporter_class(parent=converter, config=converter.config)
    converter._sanitizing = True
    converter._init_preprocessors()
    yield
