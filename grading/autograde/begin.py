"""How a submission gets its entry in the gradebook and its folder: nbgrader's Autograde, with one gradebook."""

import os
import shutil
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.utils import find_all_files


class OneGradebook(Autograde):
    """Autograde, with a gradebook that stays open for a whole class.

    nbgrader opens it six times for each submission, which takes longer than all else that is put on record.
    """

    gradebook: Gradebook

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """What nbgrader's method does. Errors: NbGraderException, if there is nothing of the submission to grade."""
        BaseConverter.init_assignment(self, assignment_id, student_id)  # copies what is no notebook
        submission = self._enter(assignment_id, student_id)
        self._copy_from_source(assignment_id, student_id)
        known = {notebook.name: notebook for notebook in submission.notebooks}
        self.notebooks = [path for path in self.notebooks if Path(path).stem in known]
        if not self.notebooks:
            raise NbGraderException("No notebooks found")
        folder = Path(self._format_source(assignment_id, student_id))
        for name, notebook in known.items():
            if not (folder / f"{name}.ipynb").exists():
                for grade in notebook.grades:
                    grade.auto_score, grade.needs_manual_grade = 0, False
        self.gradebook.db.commit()

    def _enter(self, assignment_id: str, student_id: str) -> SubmittedAssignment:
        if self.create_student:
            self.gradebook.update_or_create_student(student_id)
        else:
            try:
                self.gradebook.find_student(student_id)
            except MissingEntry:
                raise NbGraderException(f"No student with ID '{student_id}' exists in the database") from None
        handed_in = self.coursedir.get_existing_timestamp(self._format_source(assignment_id, student_id))
        known = {"timestamp": handed_in} if handed_in else {}
        return self.gradebook.update_or_create_submission(assignment_id, student_id, **known)

    def _copy_from_source(self, assignment_id: str, student_id: str) -> None:
        """The instructor's files, in place of those of the same name, but for those that students are to change."""
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", assignment_id)
        kept = {os.path.join(source, name) for name in self.exclude_overwriting.get(assignment_id, [])}
        for path in {*find_all_files(source, [*self.coursedir.ignore, "*.ipynb"])} - kept:
            to = Path(self._format_dest(assignment_id, student_id), os.path.relpath(path, source))
            to.parent.mkdir(parents=True, exist_ok=True)
            to.unlink(missing_ok=True)  # which may be one that cannot be written to
            shutil.copy(path, to)
