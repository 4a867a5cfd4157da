"""Each lab, with the reference answers, runs to its end in a real browser: no error, its plots, its sliders."""

import contextlib
import json
from pathlib import Path

import pytest
from browser_lab import ROOT
from lab_page import ERRORS, LabPage, solutions

LABS = [path.relative_to(ROOT / "source") for path in sorted(ROOT.glob("source/*/lab-*.ipynb"))]

FIRST_PIXEL = """image => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, 1, 1).data];
}"""


@pytest.fixture(scope="module")
def course(tmp_path_factory, copy_of_course) -> Path:
    return copy_of_course(tmp_path_factory.mktemp("labs") / "course")


@pytest.fixture(scope="module", params=LABS, ids=[path.stem for path in LABS])
def lab(request, course, window_of) -> LabPage:
    """The lab as students have it, answered, all cells run: once, for the tests that look at it one after the other."""
    path = course / "release" / request.param
    notebook, answers = json.loads(path.read_text(encoding="utf-8")), solutions(course / "source" / request.param)
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(grade_id, cell["source"])
    path.write_text(json.dumps(notebook), encoding="utf-8")
    window = window_of(course)
    window.open(path.relative_to(course).as_posix())
    lab = LabPage(window.page, path)
    lab.run_all()
    return lab


@contextlib.contextmanager
def dark(lab: LabPage):
    """JupyterLab's dark theme, for a while: the server remembers it for the next page."""
    for theme, is_light in (("Dark", "false"), ("Light", "true")):
        lab.menu("Settings", "Theme", f"JupyterLab {theme}")
        lab.page.locator(f'body[data-jp-theme-light="{is_light}"]').wait_for(state="attached")
        lab.page.locator("#jupyterlab-splash").wait_for(state="detached")
        if theme == "Dark":
            yield


def showing(lab: LabPage, what: str) -> list[int]:
    """The numbers of the cells with an element `what` below them."""
    return [number for number in range(len(lab.cells)) if lab.cell(number).locator(what).count()]


def test_the_lab_runs_to_its_end_without_an_error_and_shows_its_plots(lab, picture):
    errors = lab.page.locator(".jp-Notebook").locator(ERRORS)
    assert errors.all_text_contents() == []
    last = max(number for number, cell in enumerate(lab.cells) if cell["cell_type"] == "code")
    assert lab.cell(last).locator(".jp-InputPrompt").inner_text().strip("[]: ").isdigit()
    drawing = showing(lab, ".jp-OutputArea-output img")
    assert len(drawing) >= 2
    for number in drawing:
        image = lab.cell(number).locator(".jp-OutputArea-output img").first
        image.wait_for()
        size = image.evaluate("image => image.decode().then(() => [image.naturalWidth, image.offsetWidth])")
        assert min(size) > 300, f"the picture of cell {number} is {size[0]} pixels wide, shown with {size[1]}"
        assert image.evaluate(FIRST_PIXEL) == [255, 255, 255, 255]  # white: in the dark theme, too, letters are read
    if lab.path.name.startswith("lab-01"):
        plot = lab.cell(drawing[0]).locator(".jp-OutputArea").first
        picture(lab.page, "lab-01-plot", plot)
        with dark(lab):
            plot.evaluate("element => element.scrollIntoView({block: 'center'})")
            picture(lab.page, "student-dark")


def test_a_slider_moved_with_the_keyboard_draws_another_picture_and_says_what_it_shows(lab, picture):
    moved = showing(lab, ".labkit-sliders")
    for number in moved:
        sliders = lab.cell(number).locator(".labkit-sliders")
        readout, image = sliders.locator(".widget-readout").first, sliders.locator("img")
        before, value = image.get_attribute("src"), readout.inner_text()
        assert sliders.locator("[role=alert]").count() == 0
        handle = sliders.locator(".noUi-handle").first
        at_the_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
        handle.focus()
        lab.page.keyboard.press("ArrowLeft" if at_the_end else "ArrowRight")
        lab.page.wait_for_function(
            "([cell, before]) => [...cell.querySelectorAll('img')].some(e => e.src !== before)",
            arg=[sliders.element_handle(), before],
        )
        assert readout.inner_text() != value
        sliders.locator("[role=alert]").get_by_text(readout.inner_text()).wait_for()
        assert readout.evaluate("e => e.scrollWidth <= e.clientWidth + 1")  # all of it is seen
        assert lab.cell(number).locator(ERRORS).count() == 0
    if lab.path.name.startswith("lab-04"):
        assert moved
        picture(lab.page, "student-slider", lab.cell(moved[0]).locator(".labkit-sliders"))
