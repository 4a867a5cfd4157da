"""The exporter that makes a feedback page."""

from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from traitlets import default

from grading.feedback import markup, parts
from grading.feedback.conceal import conceal

TEMPLATES = Path(__file__).parent / "templates"


class FeedbackPage(TemplateExporter):
    """Makes one page of HTML, complete in itself: no script, nothing loaded from elsewhere, readable offline.

    It takes hidden tests out of any notebook that it gets, whichever preprocessors a course has configured.
    Everything that the template writes is escaped, but for what grading.feedback.markup has cleaned.
    """

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_file")
    def _template_file_default(self) -> str:
        return "page.html.j2"

    @default("template_paths")
    def _template_paths(self, prune: bool = True, root_dirs: Any = None) -> list[str]:
        return [str(TEMPLATES)]

    def default_filters(self):
        yield from super().default_filters()
        yield "rows", parts.rows
        yield "row", parts.row
        yield "label", parts.label
        yield "claim", parts.claim
        yield "points", parts.points
        yield "outputs", parts.outputs
        yield "markdown", markup.markdown
        yield "code", markup.code

    def _create_environment(self) -> jinja2.Environment:
        environment = super()._create_environment()
        environment.autoescape = True  # nbconvert leaves it off
        environment.trim_blocks = environment.lstrip_blocks = True
        environment.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
        return environment

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[str, dict]:
        """The page. Changes `nb`: hidden tests are taken out of it."""
        marks = ClearHiddenTests(parent=self)
        conceal(nb, marks.begin_test_delimeter, marks.end_test_delimeter)
        return super().from_notebook_node(nb, resources, **kw)
