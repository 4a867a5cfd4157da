"""A student at JupyterLab: from the start page to "Success!", with a mistake on the way."""

import json
import shutil
from pathlib import Path

import pytest
from browser_lab import ROOT
from lab_page import ERRORS, LabPage, solutions

FOLDER = "phase-00-foundations"
LAB = "lab-01-kv-cache-speedup.ipynb"
WRONG = "def work_without_cache(prompt_len, new_tokens):\n    return prompt_len + new_tokens"
INTERRUPTIONS = ".jp-Dialog, .Toastify__toast"  # a dialog; a question or a piece of news in the corner
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory, copy_of_course) -> Path:
    return copy_of_course(tmp_path_factory.mktemp("student") / "course")


@pytest.fixture(scope="module")
def open_lab(course, window_of):
    """open_lab() -> lab 01 as released, in JupyterLab, in a folder of its own: a kernel belongs to its file."""

    def open_lab(height: int = 900) -> LabPage:
        (course / "work").mkdir(exist_ok=True)
        folder = f"work/student-{len(list((course / 'work').iterdir()))}"
        shutil.copytree(ROOT / "release" / FOLDER, course / folder, ignore=shutil.ignore_patterns(".*"))
        window = window_of(course)
        window.page.set_viewport_size({"width": 1280, "height": height})
        window.open(f"{folder}/{LAB}")
        return LabPage(window.page, course / folder / LAB)

    return open_lab


@pytest.fixture(scope="module")
def untouched(open_lab) -> LabPage:
    """The lab in a new kernel, for the three tests that write no answer, one after the other."""
    return open_lab()


def test_the_start_page_is_shown_as_a_page_and_leads_to_lab_01_without_any_question(course, window_of, picture):
    page = window_of(course).page
    page.get_by_role("heading", name="Phase 00 · Foundations").wait_for()
    page.locator("#jp-left-stack").get_by_text("glossary.md").wait_for()
    assert page.locator(".jp-RenderedMarkdown table").count() == 2
    picture(page, "student-start-page")
    page.get_by_role("link", name="lab 01", exact=True).click()
    lab = LabPage(page, course / "work" / FOLDER / LAB)
    assert "Lab 01" in lab.cell(0).inner_text()
    assert page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate").is_visible()
    assert page.locator(INTERRUPTIONS).count() == 0
    assert page.get_by_role("menuitem", name="Nbgrader").count() == 0
    assert page.get_by_role("tab", name="Create Assignment").count() == 0
    assert page.locator("#jp-main-dock-panel .lm-TabBar-tab").count() == 2  # the page stays open beside it


def test_a_cell_that_runs_first_in_a_new_or_restarted_kernel_says_what_to_run(untouched):
    lab = untouched
    advice = "answer and run the cell that defines it, then run this one. After a restart, Run > Run All Above"
    assert f"Next step: {advice}" in lab.run("correct_work_without_cache")
    lab.run("setup")
    lab.restart()
    # Another cell: the first one would have the number 1 again, and so seem not to have run.
    assert f"Next step: {advice}" in lab.run("correct_work_with_cache")


def test_run_all_on_the_untouched_lab_stops_at_the_first_answer_and_its_test_says_what_to_do(untouched):
    lab = untouched
    lab.run_all()
    assert lab.outputs("predict").startswith("This cell is not answered yet.\nNext step: replace the line")
    assert lab.outputs("work_without_cache") == ""  # nothing after it ran
    said = lab.run("correct_predict")
    assert said.startswith("guess_long_prompt is not defined yet.\nLikely cause: ") and "\nNext step: " in said
    lab.run("work_without_cache")
    said = lab.run("correct_work_without_cache")
    assert said.startswith("work_without_cache is not written yet.\nNext step: replace the line")


def test_validate_on_the_untouched_lab_shows_each_failing_test_with_its_sentence(untouched):
    lab = untouched
    dialog = lab.validate()
    said = dialog.inner_text()
    assert "Success" not in said
    graded = [cell["metadata"].get("nbgrader", {}).get("grade") for cell in lab.cells]
    assert said.count("The following cell failed:") == sum(map(bool, graded))  # the answer at the whiteboard is one
    assert "YOUR ANSWER HERE\nYou did not provide a response." in said
    assert "guess_long_prompt is not defined yet." in said
    for exercise in ("work_without_cache", "work_with_cache", "attention_step", "generate_with_cache"):
        assert f"{exercise} is not written yet.\nNext step: replace the line" in said
    assert "Traceback" not in said
    assert "<span" not in said and "\x1b" not in said  # colours are colours
    dialog.get_by_role("button", name="Ok").click()
    dialog.wait_for(state="detached")


def test_a_wrong_answer_is_told_its_likely_cause_and_the_right_one_passes(open_lab, course, picture):
    lab = open_lab(height=1160)
    right = solutions(course / "source" / FOLDER / LAB)["work_without_cache"]
    lab.run("setup")
    lab.write("work_without_cache", WRONG)
    lab.run("work_without_cache")
    said = lab.run("correct_work_without_cache")
    assert "returned 15 units, expected 95" in said
    assert "Likely cause: this is the count with a cache." in said
    assert "Next step: " in said
    test = lab.cell("correct_work_without_cache")
    picture(lab.page, "student-failing-test", lab.cell("work_without_cache"), test.locator(".jp-OutputArea").first)
    lab.write("work_without_cache", right)
    lab.run("work_without_cache")
    assert lab.run("correct_work_without_cache") == "work_without_cache counts every step."
    assert test.locator(ERRORS).count() == 0


def test_all_right_answers_typed_into_the_editor_validate_with_success(open_lab, course, picture):
    lab = open_lab()
    answers = solutions(course / "source" / FOLDER / LAB)
    for grade_id, answer in answers.items():
        lab.write(grade_id, answer)
    dialog = lab.validate()  # it saves first
    assert "Success! Your notebook passes all the tests." in dialog.inner_text()
    toolbar = lab.page.locator(".jp-NotebookPanel-toolbar")
    picture(lab.page, "student-validate-success", toolbar, dialog, lab.cell("whiteboard"))
    dialog.get_by_role("button", name="Ok").click()
    saved = json.loads(lab.path.read_text(encoding="utf-8"))["cells"]
    assert {name: "".join(saved[lab.number(name)]["source"]) for name in answers} == answers


def test_on_a_phone_the_start_page_fits_in_single_document_mode(course, serve, open_page, picture):
    page = open_page(serve(course, f"work/{FOLDER}/README.md").replace("/lab/tree/", "/doc/tree/"), **PHONE)
    page.get_by_role("heading", name="Phase 00 · Foundations").wait_for()
    assert page.locator(".jp-RenderedMarkdown h1").bounding_box()["width"] > 200
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.locator("#jp-left-stack").is_visible()
    picture(page, "student-phone")
