"""The parts of a feedback page that nbgrader_config.py names: the step that reads the points, and the exporter."""

from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, GetGrades
from traitlets import default

from grading.feedback import markup, parts
from grading.feedback.conceal import conceal
from grading.gradebook import states
from grading.steps.points import renew_penalties

TEMPLATES = Path(__file__).parent / "templates"
# Everything that the template writes is escaped, but for what grading.feedback.markup has cleaned.
ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
STYLE = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
ENVIRONMENT.globals.update(parts=parts, markup=markup, style=STYLE)


class GradesWithState(GetGrades):
    """nbgrader's step, which also notes whether a cell still waits for its points.

    A cell that nobody has graded has the score 0 in the gradebook, and a student would read a verdict in that.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            renew_penalties(gradebook, where["assignment"], self.config, where["student"])
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


class FeedbackPage(Exporter):
    """Makes one page of HTML, complete in itself: no script, nothing loaded from elsewhere, readable offline.

    It takes hidden tests out of any notebook that it gets, whichever preprocessors a course has configured.
    """

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[str, dict]:
        """The page. Changes `nb`: hidden tests are taken out of it."""
        marks = ClearHiddenTests(parent=self)
        conceal(nb, marks.begin_test_delimeter, marks.end_test_delimeter)
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return ENVIRONMENT.get_template("page.html.j2").render(nb=nb, resources=resources), resources
