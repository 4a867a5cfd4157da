"""The points of a page."""

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades

from grading.gradebook import states


class GradesWithState(GetGrades):
    """nbgrader's step, which also notes whether a cell still waits for its points.

    A cell that nobody has graded has the score 0 in the gradebook, and a student would read a verdict in that.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        nb, resources = super().preprocess(nb, resources)
        with self.gradebook as gradebook:
            known = states(gradebook, self.assignment_id, self.student_id)
        # A notebook without a graded cell has none.
        resources["nbgrader"]["state"] = known.get((self.student_id, self.notebook_id), "")
        return nb, resources

    def _get_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        claim = cell.metadata.nbgrader
        grade = self.gradebook.find_grade(claim.grade_id, self.notebook_id, self.assignment_id, self.student_id)
        is_open = grade.manual_score is None and grade.auto_score is None
        claim.update(score=grade.score, points=grade.max_score, waits=grade.needs_manual_grade or is_open)
