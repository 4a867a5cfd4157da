"""A step after the judging: points, comments and the late penalty go into the gradebook."""

import math
from numbers import Real

from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from traitlets import Instance
from traitlets.config import Config

from grading import graded_for
from grading.course import quiet
from grading.gradebook import entries, find_assignment, late_notebooks, set_penalty


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
        before, now = graded_for.read(gradebook, notebook), {}
        for cell in nb.cells:
            if is_grade(cell):
                grade = grades[cell.metadata.nbgrader.grade_id]
                grade.auto_score, max_score = determine_grade(cell, self.log)
                now[grade.id] = max_score, graded_for.digest(cell) if is_solution(cell) else ""
                if grade.manual_score is None:
                    grade.needs_manual_grade = grade.auto_score is None
                elif not is_solution(cell) or before.get(grade.id) != now[grade.id]:
                    grade.needs_manual_grade = True  # a person's points stay, and are looked at again
            if is_solution(cell) or is_task(cell):
                is_untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell) and not is_task(cell)
                comments[cell.metadata.nbgrader.grade_id].auto_comment = "No response." if is_untouched else None
        graded_for.write(gradebook, now)
        seconds_late = notebook.assignment.total_seconds_late
        notebook.late_submission_penalty = penalty = self.penalty(student, notebook.score, seconds_late)
        if seconds_late > 0:
            self.log.warning("%s, %s: %d s late, penalty: %s", student, name, seconds_late, penalty)

    def takes_nothing(self) -> bool:
        """Whether no penalty is configured, so that any on record is somebody's own."""
        self.init_plugin()
        return type(self.plugin_inst) is LateSubmissionPlugin and self.plugin_inst.penalty_method == "none"

    def penalty(self, student: str, score: float, seconds_late: float) -> float | None:
        """What the configured plugin takes off, between 0 and the score; None if it takes nothing, or in time.

        Errors: ValueError if the plugin fails, or returns something else than a number or None.
        """
        if seconds_late <= 0:
            return None
        self.init_plugin()
        try:
            penalty = self.plugin_inst.late_submission_penalty(student, score, seconds_late)
        except Exception as error:  # of any kind: it is an instructor's own code
            raise ValueError(self._plugin_failed(f"raised {type(error).__name__}: {error}")) from error
        if penalty is None:
            return None
        if not isinstance(penalty, Real) or not math.isfinite(penalty):
            raise ValueError(self._plugin_failed(f"returned {penalty!r}, which is not a number of points"))
        return min(max(penalty, 0), score)

    def _plugin_failed(self, how: str) -> str:
        name = type(self.plugin_inst).__name__
        return f"The late penalty {name} {how}. Next step: correct c.AssignLatePenalties in nbgrader_config.py."


def renew_penalties(gradebook: Gradebook, assignment: str, config: Config, student: str | None = None) -> None:
    """Work out the late penalties again, and commit those that have changed.

    Points by hand and extensions come after autograding, and change what a late submission loses.

    student: only this one's. Errors: ValueError if the gradebook does not know the assignment, or the plugin fails.
    """
    step = SavePoints(config=config, log=quiet)
    if step.takes_nothing():
        return
    changed = False
    for late in late_notebooks(gradebook, find_assignment(gradebook, assignment), student):
        penalty = step.penalty(late.student, late.score, late.seconds_late)
        if penalty != late.penalty:
            set_penalty(gradebook, late.id, penalty)
            changed = True
    if changed:
        gradebook.db.commit()
