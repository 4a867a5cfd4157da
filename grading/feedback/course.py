"""The graded submissions of a course, and their pages, written by nbgrader's own converter."""

import functools
import os
import warnings
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning

from grading.course import load_config, quiet, student_of
from grading.gradebook import find_assignment, states
from grading.steps.points import renew_penalties


class OneSubmission(GenerateFeedback):
    """nbgrader's converter for a submission that is given, where nbgrader would search for it by a pattern."""

    reason = "nbgrader gave no reason"

    def init_notebooks(self) -> None:
        pass

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.reason = f"{Path(notebook_filename).name}: {type(error).__name__}: {error}"
            raise


class Course:
    """A course's graded submissions of one assignment.

    Errors: ValueError if `root` holds no course, if the gradebook does not know the assignment, or if nothing of it has
    been graded.
    """

    def __init__(self, root: Path, db_url: str | None, assignment: str) -> None:
        warnings.filterwarnings("ignore", category=SAWarning)
        self.address = (root, db_url, assignment)
        self.assignment = assignment
        self.config = load_config(root, db_url)
        self.directory = CourseDirectory(config=self.config, log=quiet, assignment_id=assignment, student_id="*")
        self._graded = self._find()

    def students(self) -> list[str]:
        return sorted(self._graded)

    def is_written(self, student: str) -> bool:
        """Whether every page is there, whole, no older than the notebook that it shows, and with today's grades."""
        folder = Path(self.directory.format_path(self.directory.feedback_directory, student, self.assignment))
        notebooks = map(Path, self._graded[student][1])
        return all(_is_page_of(folder, path, self._states.get((student, path.stem), "")) for path in notebooks)

    def write(self, student: str) -> str | None:
        """Write a student's pages, in place of any that are there. Returns why that could not be done, or None."""
        converter = OneSubmission(coursedir=self.directory, config=self.config, log=quiet)
        converter.force = True
        folder, notebooks = self._graded[student]
        converter.assignments = {folder: notebooks}
        try:
            converter.start()
        except Exception as error:
            return converter.reason if "traceback" in str(error) else str(error)
        return None

    @functools.cached_property
    def _states(self) -> dict[tuple[str, str], str]:
        with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
            renew_penalties(gradebook, self.assignment, self.config)
            return states(gradebook, self.assignment)

    def _find(self) -> dict[str, tuple[str, list[str]]]:
        converter = GenerateFeedback(coursedir=self.directory, config=self.config, log=quiet)
        try:
            converter.init_notebooks()
        except NbGraderException:
            with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
                find_assignment(gradebook, self.assignment)
            raise ValueError(
                f"Nothing of {self.assignment} is graded. Next step: python -m grading autograde {self.assignment}"
            ) from None
        found = {student_of(converter, folder): (folder, paths) for folder, paths in converter.assignments.items()}
        excluded = self.directory.student_id_exclude.split(",")
        return {student: where for student, where in found.items() if student not in excluded}


def _is_page_of(folder: Path, notebook: Path, state: str) -> bool:
    page = folder / f"{notebook.stem}.html"
    try:
        with page.open("rb") as file:
            has_state = f'<meta name="grades" content="{state}">'.encode() in file.read(2_000)
            file.seek(-20, os.SEEK_END)
            is_whole = file.read().rstrip().endswith(b"</html>")
        return is_whole and has_state and page.stat().st_mtime >= notebook.stat().st_mtime
    except OSError:
        return False
