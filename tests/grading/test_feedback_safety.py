"""Nothing that was handed in can run in a feedback page, or load anything."""

import base64
import re

import pytest
from feedback_pages import Reader, page, test_cell, text_of
from hostile_text import ATTACKS, SVG, places
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

OWN_TAGS = {"head", "html", "body", "main", "header", "section", "table", "caption", "thead", "tbody", "tfoot", "tr"}
TAGS = OWN_TAGS | set("a p h1 h2 h3 h4 pre code span div strong em img details summary th td li ul ol".split())
PICTURE = r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*"
ATTRIBUTES = {
    "href": r"https?://.*|mailto:.*|#(points|cell-\w+)",
    "src": PICTURE,
    "id": r"points|cell-\w+",
    "class": r"known|code highlight|wrapped|wrapped output|failure|note|comment|who|highlight|[a-z]{1,2}\d?",
    "tabindex": "0",
    "scope": "col|row",
    "alt": ".*",
    "open": ".*",
}


def harmful(html: str) -> list:
    """The tags and attributes of a page that are not among the few that can do nothing."""
    found = []
    for tag, attributes in Reader(html).tags:
        if tag not in TAGS:
            found.append(tag)
        for name, value in attributes.items():
            if name not in ATTRIBUTES or not re.fullmatch(ATTRIBUTES[name], value or "", re.DOTALL):
                found.append((tag, name, value))
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_in_no_part_of_a_notebook_does_anything_stay_that_can_run(attack):
    for place, cell in places(attack).items():
        if place == "graded":  # its name is the course's; here it need only stay within its attributes
            html = page(cell)
            assert {tag for tag, _ in Reader(html).tags} <= TAGS, place
            assert not {name for _, a in Reader(html).tags for name in a if name.startswith("on")}, place
        else:
            assert harmful(page(cell)) == [], place


@pytest.mark.parametrize("attack", ATTACKS)
def test_nor_in_the_names_of_notebook_assignment_and_student(attack):
    html = page(test_cell(), notebook=attack, assignment=attack, student=attack)
    assert html.count("<title>") == html.count("</title>") == html.count("<style>") == html.count("</style>") == 1
    assert harmful(html) == []


def test_a_page_has_no_script_and_its_policy_forbids_any():
    html = page(test_cell())
    assert "<script" not in html and "http://" not in html and "https://" not in html
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert html.index("Content-Security-Policy") < html.index("<title>")


def test_what_is_not_allowed_is_shown_as_the_text_that_it_is():
    assert "<script>alert(1)</script>" in text_of("<script>alert(1)</script>")


def test_what_a_lab_uses_stays():
    text = "# Title\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n<details><summary>More</summary>\n\n`code` [x](https://a.org)\n\n</details>"
    tags = [tag for tag, _ in Reader(page(text)).tags]
    assert {"h1", "table", "th", "td", "strong", "details", "summary", "code", "a"} <= set(tags[tags.index("main") :])


def test_pictures_that_are_pictures_are_shown():
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    drawn = new_code_cell(
        "plot()", outputs=[new_output("display_data", data={"image/png": png, "text/plain": "<Fig>"})]
    )
    attached = new_markdown_cell("![x](attachment:a.png)", attachments={"a.png": {"image/png": png}})
    for cell in (drawn, attached):
        assert ("img", f"data:image/png;base64,{png}") in [(t, a.get("src")) for t, a in Reader(page(cell)).tags]


def test_a_picture_that_is_none_is_not_shown():
    for content in (base64.b64encode(SVG.encode()).decode(), "not base64", "\x89PNG"):
        cell = new_code_cell("plot()", outputs=[new_output("display_data", data={"image/png": content})])
        assert "src" not in str(Reader(page(cell)).tags), content
        assert "An output of this kind is not shown here: image/png." in text_of(cell)


def test_text_too_long_to_be_rendered_in_time_is_shown_as_it_was_written():
    assert "**word** **word**" in text_of("**word** " * 4_000)
    assert "**word**" not in text_of("**word** " * 400)


def test_an_attachment_of_another_kind_is_not_shown():
    for kind in ("image/svg+xml", "text/html", 'image/png"onerror="alert(1)'):
        cell = new_markdown_cell("![x](attachment:a)", attachments={"a": {kind: "PHN2Zz4="}})
        assert "src" not in str(Reader(page(cell)).tags), kind


@pytest.mark.parametrize(
    "cell",
    (
        new_markdown_cell("![x](attachment:missing.png) text"),
        new_markdown_cell("![x](attachment:a.png) text", attachments={"a.png": {}}),
        new_markdown_cell(">" * 5_000 + " text"),
        new_markdown_cell("[" * 5_000 + " text"),
        new_markdown_cell("<div>" * 1_000 + " text"),
        new_markdown_cell("text" * 100_000),
    ),
    ids=("missing attachment", "empty attachment", "nested quotes", "brackets", "nested tags", "long"),
)
def test_a_cell_that_cannot_be_rendered_is_shown_as_plain_text(cell):
    assert "text" in text_of(cell)
