"""A step after the judging: points, comments and the late penalty go into the gradebook."""

from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Gradebook
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from traitlets import Instance

from grading.gradebook import entries


class SavePoints(AssignLatePenalties):
    """nbgrader's SaveAutoGrades and AssignLatePenalties in one transaction, where nbgrader commits cell by cell."""

    # Handed over by grading.autograde, which keeps one open for the class, and commits for all notebooks together.
    gradebook = Instance(Gradebook, allow_none=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        if self.gradebook is not None:
            self._save(nb, self.gradebook, where["notebook"], where["assignment"], where["student"])
        else:
            with Gradebook(where["db_url"]) as gradebook:
                self._save(nb, gradebook, where["notebook"], where["assignment"], where["student"])
                gradebook.db.commit()
        return nb, resources

    def _save(self, nb: NotebookNode, gradebook: Gradebook, name: str, assignment: str, student: str) -> None:
        notebook = gradebook.find_submission_notebook(name, assignment, student)
        grades = entries(gradebook, Grade, notebook)
        comments = entries(gradebook, Comment, notebook)
        for cell in nb.cells:
            if is_grade(cell):
                grade = grades[cell.metadata.nbgrader.grade_id]
                grade.auto_score, _ = determine_grade(cell, self.log)
                # Points that a person gave are looked at again, as the answer may be another one.
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            if is_solution(cell) or is_task(cell):
                is_untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell) and not is_task(cell)
                comments[cell.metadata.nbgrader.grade_id].auto_comment = "No response." if is_untouched else None
        notebook.late_submission_penalty = self._penalty(notebook, notebook.assignment.total_seconds_late, student)

    def _penalty(self, notebook, seconds_late: float, student: str) -> float | None:
        if seconds_late <= 0:
            return None
        self.init_plugin()
        penalty = self.plugin_inst.late_submission_penalty(student, notebook.score, seconds_late)
        self.log.warning("%s, %s: %d s late, penalty: %s", student, notebook.name, seconds_late, penalty)
        return None if penalty is None else self._check_late_penalty(notebook, penalty)
