"""What the Formgrader's page of a submission shows of a notebook.

nbgrader's template writes names, metadata and rendered markdown into the page as they are, and the page runs with the
instructor's rights. So the notebook is built anew from what is known to be harmless before the template sees it.
"""

import re
from html import escape
from typing import Any

from jinja2 import pass_context
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, v4

from grading.feedback import markup, parts

# What nbgrader allows as a grade_id; the template writes it into attributes.
GRADE_ID = re.compile(r"[A-Za-z0-9_-]+")
FLAGS = ("grade", "solution", "task", "locked")


class Harmless(Preprocessor):
    """Keep the text, the pictures and the points of a notebook, and nothing else; escape the names around it.

    HTML, SVG, JavaScript, LaTeX and widgets in outputs are named, not shown; metadata and cell ids are dropped.
    """

    enabled = True

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        # The handler's words: names of the student, the assignment, the notebook and its file.
        resources.update({key: escape(value) for key, value in resources.items() if isinstance(value, str)})
        return v4.new_notebook(cells=[_cell(cell) for cell in nb.cells]), resources


@pass_context
def markdown2html(context: Any, text: str) -> str:
    """The template's filter for markdown, cleaned as on a feedback page."""
    return markup.markdown(text, context["cell"].get("attachments"))


def highlight_code(source: str, metadata: Any = None) -> str:
    """The template's filter for code. `metadata`, which could name another language, is ignored."""
    return f'<div class="highlight hl-ipython3"><pre>{markup.code(source)}</pre></div>'


def _cell(cell: NotebookNode) -> NotebookNode:
    text = cell.source if isinstance(cell.get("source"), str) else ""
    if cell.cell_type == "code":
        shown = v4.new_code_cell(text, outputs=[_output(output) for output in cell.get("outputs", ())])
    elif cell.cell_type == "markdown":
        shown = v4.new_markdown_cell(text)
        shown.attachments = cell.get("attachments") or {}
    else:
        shown = v4.new_raw_cell(f"<pre>{escape(text)}</pre>")
    claim = parts.claim(cell)
    if isinstance(name := claim.get("grade_id"), str) and GRADE_ID.fullmatch(name):
        shown.metadata.nbgrader = {flag: claim.get(flag) is True for flag in FLAGS}
        points = claim.get("points")
        shown.metadata.nbgrader |= {"grade_id": name, "points": points if isinstance(points, (int, float)) else 0}
    return shown


def _output(output: NotebookNode) -> NotebookNode:
    if output.get("output_type") == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return v4.new_output("stream", name=name, text=parts.shortened(str(output.get("text", ""))))
    if output.get("output_type") == "error":
        return v4.new_output("error", traceback=[parts.shortened("\n".join(map(str, output.get("traceback", ()))))])
    for kind, content in parts.pictures(output):
        return v4.new_output("display_data", {kind: content})
    return v4.new_output("display_data", {"text/plain": parts.plain(output)[0]})
