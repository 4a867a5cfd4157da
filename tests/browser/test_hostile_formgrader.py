"""Nothing that a student wrote runs in the instructor's browser, wherever the Formgrader shows it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hostile_class import ASSIGNMENT, LAB, RAN, STUDENT, hand_in, pages
from instructor_formgrader import ELSEWHERE

# Stands in for MathJax, which comes from another machine: it evaluates its configuration and loads a part of itself.
MATHJAX = """
MathJax = {Hub: {Config() {}, Queue() {}, Startup: {signal: {Interest(f) { setTimeout(f, 0, "End") }}}}};
addEventListener("DOMContentLoaded", () => {
    eval(document.querySelector('script[type="text/x-mathjax-config"]').textContent);
    const part = document.createElement("script");
    part.src = "https://cdnjs.cloudflare.com/part.js";
    document.head.append(part);
});
"""

CLICK_LINKS = """
for (const link of document.querySelectorAll("a.click, a[href^=javascript]")) link.dispatchEvent(new Event("click"));
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory, copy_of_course) -> Path:
    return copy_of_course(tmp_path_factory.mktemp("hostile") / "course")


@pytest.fixture(scope="module")
def submissions(course) -> dict[str, str]:
    return hand_in(course)


@pytest.fixture
def formgrader(course, submissions, serve, open_page):
    """(page, address of the Formgrader): a browser that is logged in, without other machines."""
    page = open_page("about:blank", viewport={"width": 1400, "height": 900})
    page.context.route(ELSEWHERE, lambda route: route.abort())
    address = urlsplit(serve(course, "README.md", person="instructor"))
    start = f"{address.scheme}://{address.netloc}"
    page.goto(f"{start}/api/status?{address.query}")
    return page, f"{start}/formgrader/"


@pytest.fixture
def ran(formgrader) -> list[str]:
    """The attempts that ran, as they come in: the places that they stood in, with the page."""
    found = []
    page, address = formgrader

    def note(request):
        if attempt := re.search(rf"/{re.escape(RAN)}([\w-]+)$", request.url):
            found.append(f"{attempt[1]} on {page.url.removeprefix(address)[:60]}")

    page.context.on("request", note)
    return found


def test_nothing_that_was_handed_in_runs_on_any_page(formgrader, submissions, ran):
    page, address = formgrader
    for name in pages(submissions[STUDENT]):
        answer = page.goto(address + name)
        assert answer.ok or "submissions/%22" in name, name
        page.wait_for_load_state("networkidle")
        page.evaluate(CLICK_LINKS)
        page.wait_for_timeout(100)
    assert sorted(set(ran)) == []


def test_nor_when_a_button_fails_and_says_for_whom(formgrader, ran):
    page, address = formgrader
    page.goto(f"{address}manage_submissions/{ASSIGNMENT}")
    page.route("**/autograde", lambda route: route.abort())
    page.locator("tr", has_text="fetch").locator(".autograde a").click()
    page.locator(".modal.in .modal-body").wait_for()
    page.wait_for_timeout(1_500)  # for the picture that is not there
    assert sorted(set(ran)) == []


def test_an_honest_answer_is_shown_and_nbgraders_own_scripts_work(formgrader, submissions):
    page, address = formgrader
    parts = []
    page.route("https://cdnjs.cloudflare.com/**/latest.js*", lambda it: it.fulfill(body=MATHJAX))
    page.route("https://cdnjs.cloudflare.com/part.js", lambda it: (parts.append(it.request.url), it.fulfill(body="")))
    blocked = []
    page.on("console", lambda said: blocked.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{address}gradebook/{ASSIGNMENT}/{LAB}")
    page.get_by_role("link", name="Submission #2").wait_for()
    page.get_by_role("button", name="Show All Names").click()
    page.get_by_role("link", name="Lovelace, Ada").click()
    page.wait_for_load_state("networkidle")
    for selector in ("strong", "td", "details[open]", "em", "a[href='https://example.org']", ".highlight .k"):
        assert page.locator(f"#notebook {selector}").count(), selector
    assert page.locator("#notebook-container img[src^='data:image/png']").count() == 2
    assert "$a < b$" in page.locator("#notebook").first.inner_text()
    page.locator(".live-notebook .glyphicon-eye-open").click()
    assert page.locator(".live-notebook .name-shown").first.is_visible()
    with page.expect_response(lambda answer: "/api/grade/" in answer.url) as saved:
        page.locator("#whiteboard").fill("3")
        page.keyboard.press("Tab")
    assert saved.value.ok and saved.value.request.method == "PUT"
    assert parts and page.evaluate("typeof init_mathjax") == "function"
    assert submissions["ada"] in page.url and blocked == []
