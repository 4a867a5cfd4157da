"""The report of a graded class in a browser: light, dark, on a phone, on paper, by keyboard."""

from datetime import datetime
from pathlib import Path

import pytest
from reported_class import invented_class

from grading.report.page import render

pytestmark = pytest.mark.slow

# Of each element with text of its own: the text, and how its colour stands out from the ground behind it (WCAG 2).
CONTRASTS = """() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const light = (colour) => {
        const [r, g, b] = [...rgba(colour)].slice(0, 3)
            .map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        const own = getComputedStyle(element).backgroundColor;
        return rgba(own)[3] || !element.parentElement ? own : ground(element.parentElement);
    };
    return [...document.body.querySelectorAll("*")]
        .filter(e => [...e.childNodes].some(n => n.nodeType == Node.TEXT_NODE && n.textContent.trim()))
        .filter(e => e.getClientRects().length)
        .map(e => {
            const style = getComputedStyle(e);
            const [a, b] = [light(e instanceof SVGElement ? style.fill : style.color), light(ground(e))];
            return [e.textContent.trim().slice(0, 40), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
        });
}"""
FOCUSED = (
    "() => { const e = document.activeElement; return e === document.body ? '' : e.tagName + e.textContent.trim() }"
)
# Of the names that are folded away.
WIDTHS = """all => all.map(details => {
    const names = document.createRange(); names.selectNode(details.lastChild);
    return names.getBoundingClientRect().width;
})"""


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(invented_class(), datetime(2026, 11, 5, 9, 30)), encoding="utf-8")
    return path


@pytest.fixture
def show(open_page, path):
    """Open the report with these options of a browser's; also what it requested, and what it complained of."""

    def show(**options):
        page = open_page("about:blank", **options)
        page.noted = []
        page.on("request", lambda request: page.noted.append(request.url))
        page.on("console", lambda message: page.noted.append(message.text))
        page.goto(path.as_uri())
        assert page.noted == [path.as_uri()]
        return page

    return show


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground_in_the_light_and_in_the_dark(show, picture, scheme):
    page = show(color_scheme=scheme, viewport={"width": 1280, "height": 1560})
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 300
    assert [(text, ratio) for text, ratio in contrasts if ratio < 4.5] == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]
    if scheme == "light":
        exercises = page.locator("section").filter(has=page.get_by_role("heading", name="Exercises", exact=True))
        picture(page, "report", exercises.last, page.locator(".long tbody").nth(2))


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window_and_no_number_of_a_bar_is_cut(show, width):
    page = show(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    cut = "parts => parts.filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.textContent)"
    parts = page.locator(".bar span")
    assert parts.count() > 50 and parts.evaluate_all(cut) == []


def test_all_that_can_be_opened_is_reached_and_opened_by_keyboard(show):
    page = show()
    summaries = page.locator("summary").all_text_contents()
    reached = []
    for _ in range(len(summaries) + 1):  # and the link
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
        if reached[-1].startswith("SUMMARY"):
            was_open = page.evaluate("document.activeElement.parentElement.open")
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.parentElement.open") != was_open
    assert [name.removeprefix("SUMMARY") for name in reached if name.startswith("SUMMARY")] == summaries
    assert sum(name.startswith("A") for name in reached) == 1 and len(summaries) > 10


def test_a_reader_of_screens_hears_each_picture_and_each_bar(show):
    page = show()
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("img", name="Histogram of the points of all labs").count() == 1
    assert page.get_by_role("img", name="Points by time of submission").count() == 1
    assert page.get_by_role("img", name="right").count() == 15  # one for each exercise that a machine grades
    row = page.get_by_role("row", name="max concurrent sequences").first
    assert row.get_by_role("rowheader").inner_text() == "max concurrent sequences"


def test_on_paper_all_names_are_shown_on_white_and_closed_tables_are_left_out(show):
    page = show(color_scheme="dark")
    names, tables = page.locator("td details").filter(has_text="more"), page.locator(".twin:not([open])")
    assert names.count() > 5 and tables.count() > 5
    assert max(names.evaluate_all(WIDTHS)) < 150  # "and 23 more"
    page.emulate_media(media="print", color_scheme="light")  # as a browser prints
    assert max(names.evaluate_all(WIDTHS)) > 400
    assert page.locator("td summary:visible").count() == 0
    assert tables.locator("visible=true").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")
