"""Nothing that was handed in can run in the Formgrader's page of a submission, as tests/browser sees in a browser."""

from pathlib import Path

import pytest
from feedback_pages import Reader, known
from hostile_text import ATTACKS, places
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.server_extensions.formgrader import handlers

from grading.course import load_config

ROOT = Path(__file__).parents[2]
NAMES = ("student", "last_name", "first_name", "notebook_id", "assignment_id", "notebook_path", "submission_id")
NEVER = {"iframe", "object", "embed", "svg", "math", "form", "base", "meta", "link", "style", "video", "noscript"}
HARMLESS = ("/formgrader/", "data:image/", "https://", "mailto:")
NBGRADERS = {"toggle_name(true);", "toggle_name(false);"}


@pytest.fixture(scope="module")
def page():
    """page(cells, **names) -> the page, made as nbgrader's server extension makes it, with the course's settings."""
    config = load_config(ROOT, None)
    config.HTMLExporter.update(template_name="formgrade", extra_template_basedirs=[handlers.template_path])
    exporter = HTMLExporter(config=config)

    def page(*cells, **names) -> str:
        about = dict.fromkeys(NAMES, "x") | {"index": 0, "total": 1, "base_url": ""} | names
        return exporter.from_notebook_node(new_notebook(cells=list(cells)), about)[0]

    return page


def can_run(html: str) -> list:
    """The tags and attributes of a page that could run or load something, but for nbgrader's own in the head."""
    found = []
    for tag, attributes in Reader(html).tags:
        found += [tag] if tag in NEVER else []
        for name, value in attributes.items():
            if name.startswith("on") and value not in NBGRADERS or name in ("srcdoc", "formaction", "style", "width"):
                found.append((tag, name, value))
            elif name in ("href", "src") and not value.startswith(
                ("/formgrader/", "data:image/", "https://", "mailto:")
            ):
                found.append((tag, name, value))
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_in_no_part_of_a_notebook_and_in_no_name_does_anything_stay_that_can_run(page, attack):
    honest = page(new_markdown_cell("x"))
    for place, cell in places(attack).items():
        html = page(cell, **{name: attack for name in NAMES if name not in ("submission_id", "notebook_path")})
        assert html.count("<script") == honest.count("<script"), place
        body = html.partition("<body>")[2]
        assert can_run(body.replace(' style="width: 4em;"', "").replace(' style="width: 3em;"', "")) == [], place


def test_metadata_of_a_picture_writes_no_attribute(page):
    size = {"width": "1 onerror=alert(1)", "alt": '"><script>'}
    picture = new_output("display_data", {"image/png": "iVBORw0KGgo="}, metadata={"image/png": size, **size})
    html = page(new_code_cell("plot()", outputs=[picture], metadata={"magics_language": '"><script>'}))
    assert ("data:image/png;base64,iVBORw0KGgo=", None) in [
        (attributes.get("src"), attributes.get("width")) for tag, attributes in Reader(html).tags if tag == "img"
    ]
    assert can_run(html.partition('id="notebook-container"')[2]) == []


def test_points_comments_and_the_open_rubric_stay(page):
    answer = known("whiteboard", grade=True, solution=True, points=4)
    html = page(
        new_markdown_cell("<details open><summary>Rubric</summary>x</details>\n\n$a<b$"),
        new_markdown_cell("**y**", metadata=answer),
    )
    assert 'id="whiteboard"' in html and 'id="whiteboard-comment"' in html and "/ 4.0" in html.replace("\n", " ")
    assert "<summary>Rubric</summary>" in html and "$a&lt;b$" in html and "<strong>y</strong>" in html


def test_an_error_and_what_was_printed_are_shown(page):
    outputs = [new_output("stream", name="stderr", text="<warned>")]
    outputs.append(new_output("error", ename="E", evalue="", traceback=["line 1", "E: <x>"]))
    outputs.append(new_output("display_data", {"text/html": "<b>hello</b>"}))
    html = page(new_code_cell("f()", outputs=outputs))
    for text in ("&lt;warned&gt;", "E: &lt;x&gt;", "An output of this kind is not shown here: text/html."):
        assert text in html
