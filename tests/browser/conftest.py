"""JupyterLab in a real browser: a copy of the course, the server that `make lab` starts, and Chromium.

CHROMIUM=/path/to/browser names a browser; SCREENSHOTS=docs/screenshots makes the pictures of the documentation anew.
Playwright is imported where it is used, so that without it these tests are skipped, not broken.
"""

import contextlib
import os
import shutil
from pathlib import Path

import pytest
from browser_lab import PAGES, ROOT, RunningLab, browser_options, find_browser, opened_pages
from course_files import course_files
from lab_window import LabWindow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves every test here to `make test-all`."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def chromium():
    """The browser, as a Playwright Browser.

    Of module scope, and not of session scope: while Playwright is open, this thread has a running asyncio loop, and
    the tests of other folders could start none.
    """
    try:
        program = find_browser()
    except ValueError as error:
        pytest.fail(str(error), pytrace=False)
    if program is None:
        pytest.skip("No Chromium here. Install one: sudo apt install chromium, or name yours: CHROMIUM=/path/to/chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("No Playwright in this environment. Install it: make install")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**browser_options(program))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def copy_of_course():
    """copy_of_course(destination) -> destination, with the files that git has or would take: no grades, no .venv."""

    def copy(destination: Path) -> Path:
        for name in course_files():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, destination / name)
        return destination

    return copy


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """serve(course_folder, start_page=None, person="student") -> the address, with its token, of JupyterLab there.

    The server is the course's own scripts/lab.py, with Jupyter settings that are nobody's; it stops after the module.
    Without start_page the address is the one that `make lab` prints. start_page is a path inside the course, as
    "source/phase/lab.ipynb": JupyterLab then opens with this document alone. One folder has one server, for one person.
    """
    labs: dict[Path, RunningLab] = {}

    def start(course_folder: Path, start_page: str | None = None, person: str = "student") -> str:
        if course_folder not in labs:
            labs[course_folder] = RunningLab(course_folder, tmp_path_factory.mktemp("jupyter"), person)
        return labs[course_folder].address(start_page)

    yield start
    for lab in labs.values():
        lab.stop()


@pytest.fixture
def open_page(chromium, request, tmp_path):
    """open_page(address, **options) -> a Playwright Page: a browser with no history, 1280 by 900, light.

    options: Playwright's for a new context, as viewport={"width": 390, "height": 844}. Waiting ends after 120 s.
    When the test fails, the report says what the page shows and where its picture is.
    """
    with opened_pages(chromium, request.node, tmp_path) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def window_of(chromium, serve, request, tmp_path_factory):
    """window_of(course) -> the module's LabWindow, at first on the page that `make lab` opens.

    A test that fails may leave anything in it, so the next one gets a new window, with nothing open but the README.
    """
    with opened_pages(chromium, request.node, tmp_path_factory.mktemp("pages")) as open_page:
        windows: dict[int, LabWindow] = {}

        def window_of(course: Path) -> LabWindow:
            failed = request.session.testsfailed
            if failed not in windows:
                windows[failed] = LabWindow(open_page(serve(course, "README.md" if windows else None)))
            return windows[failed]

        yield window_of


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds to a failure's report what each of its pages shows."""
    report = yield
    if report.failed and call.when == "call":
        for page, picture in (entry for node in item.listchain() for entry in node.stash.get(PAGES, [])):
            with contextlib.suppress(Exception):  # a browser that has crashed; the failure itself counts more
                page.screenshot(path=picture)
                text = f"{page.url}\npicture: {picture}\n{page.locator('body').inner_text()[-4000:]}"
                report.sections.append(("the page when the test failed", text))
    return report


@pytest.fixture
def picture():
    """picture(page, name, *parts) saves docs' picture NAME.png if SCREENSHOTS names a folder; else it does nothing.

    parts: locators. The picture is the smallest part of the window with all of them, or the window if there are none.
    """
    folder = os.environ.get("SCREENSHOTS")

    def picture(page, name: str, *parts):
        if not folder:
            return
        from PIL import Image  # it comes with matplotlib

        if parts:
            parts[0].evaluate("element => element.scrollIntoView({block: 'start'})")
            page.wait_for_function(
                "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
        boxes = [part.bounding_box() for part in parts]
        path = Path(folder, f"{name}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path)
        image = Image.open(path).convert("RGB")
        if boxes:
            left, top = (min(box[side] for box in boxes) for side in "xy")
            right, bottom = (max(box[s] + box[size] for box in boxes) for s, size in (("x", "width"), ("y", "height")))
            image = image.crop((int(left), int(top), int(right) + 1, int(bottom) + 1))
        image.quantize(128).save(path, optimize=True)

    return picture
