"""An instructor at JupyterLab: with the Formgrader's buttons from generating the labs to a student's feedback."""

from pathlib import Path

import pytest
from browser_lab import ROOT
from instructor_class import ASSIGNMENT, LAB, LABS, WHITEBOARD, WRONG, graded_text, hand_in, hidden_lines, points
from instructor_formgrader import Formgrader, stay_here
from lab_window import LabWindow

from grading.sandbox import SandboxUnavailable, find_sandbox

COMMENT = "Both counts are there. What is the *price*?"
PRICE = "the price: memory that grows with every token, and what stays expensive"  # the rubric's last row


@pytest.fixture(scope="module")
def course(tmp_path_factory, copy_of_course) -> Path:
    course = copy_of_course(tmp_path_factory.mktemp("instructor") / "course")
    hand_in(course)
    return course


@pytest.fixture
def formgrader(course, serve, open_page, monkeypatch) -> Formgrader:
    try:
        find_sandbox()
    except SandboxUnavailable:  # as `make demo` does: this class is made up
        monkeypatch.setenv("GRADING_UNSAFE_NO_SANDBOX", "1")
    page = open_page("about:blank", viewport={"width": 1400, "height": 900})
    stay_here(page)
    page.goto(serve(course, person="instructor"))
    return Formgrader(page)


def test_an_instructor_grades_a_student_by_buttons_alone_from_generating_to_feedback(
    formgrader, course, open_page, picture
):
    generate(formgrader, course, picture)
    autograde(formgrader, course, picture)
    grade_by_hand(formgrader, course, picture)
    give_feedback(formgrader)
    LabWindow(formgrader.page).open(f"feedback/ada/{ASSIGNMENT}/{LAB}.html")
    read_feedback(formgrader.page, picture)
    page = open_page("about:blank")
    for lab in LABS:
        page.goto((course / "feedback" / "ada" / ASSIGNMENT / f"{lab.stem}.html").as_uri())
        nothing_hidden_is_shown(page.locator("body").text_content(), lab, course)


def generate(formgrader, course, picture):
    """The button makes the labs of release/ that are there already, byte for byte."""
    title, said = formgrader.press(ASSIGNMENT, "assign")
    assert (title, "Successfully created the student version" in said) == ("Success", True), said
    released = {path.name: path.read_bytes() for path in (course / "release" / ASSIGNMENT).iterdir()}
    assert released == {name: (ROOT / "release" / ASSIGNMENT / name).read_bytes() for name in released}
    assert {lab.name for lab in LABS} <= set(released)
    assert formgrader.cells(ASSIGNMENT)["# Submissions"] == "2"
    picture(formgrader.page, "instructor-manage-assignments", formgrader.all)


def autograde(formgrader, course, picture):
    """The button grades all labs of a submission; one that is no notebook is named, and left ungraded."""
    formgrader.follow("2")
    assert formgrader.cells("ada")["Status"] == "needs autograding"
    title, said = formgrader.press("ben", "autograde")
    assert (title, "is not valid JSON" in said) == ("Error", True), said
    title, said = formgrader.press("ada", "autograde")
    assert (title, "[ERROR]" in said) == ("Success", False), said
    ada, ben = formgrader.cells("ada"), formgrader.cells("ben")
    assert (ada["Status"], ada["Score"]) == ("needs manual grading", "78 / 96")
    assert (ben["Status"], ben["Score"]) == ("needs autograding", "")
    given = points(course, "ada", LAB)
    assert given["correct_work_without_cache"] == (0, None)
    assert given["correct_work_with_cache"] == (2, None)
    assert given["whiteboard"] == (None, None)
    picture(formgrader.page, "instructor-autograded", formgrader.all)


def grade_by_hand(formgrader, course, picture):
    """The whiteboard answer has its rubric in sight; points and comment are saved, and there again."""
    formgrader.open_submission("Manual Grading", ASSIGNMENT, LAB, "Submission #1")
    frame = formgrader.frame
    score, comment = frame.locator("#whiteboard"), frame.locator("#whiteboard-comment")
    frame.locator("#whiteboard.needs_manual_grade").click()  # it is red: it waits for points
    heading, answer = frame.get_by_role("heading", name="At the whiteboard"), frame.get_by_text(WHITEBOARD)
    assert formgrader.are_in_sight(heading, frame.get_by_text(PRICE), score, answer, comment)
    formgrader.write("#whiteboard", "3")
    formgrader.write("#whiteboard-comment", COMMENT)
    picture(formgrader.page, "instructor-manual-grading", comment, frame.locator(".nbgrader_cell").last, heading)
    formgrader.open_submission(LAB, "Submission #1")
    frame.locator("#whiteboard:not(.needs_manual_grade)").wait_for()
    assert (score.input_value(), comment.input_value()) == ("3", COMMENT)
    assert points(course, "ada", LAB)["whiteboard"] == (None, 3)
    assert points(course, "ada", LABS[1].stem)["whiteboard"] == (None, None)


def give_feedback(formgrader):
    formgrader.follow(ASSIGNMENT, "Manage Assignments", "2")
    assert formgrader.cells("ada")["Score"] == "81 / 96"
    title, said = formgrader.press("ada", "generate-feedback")
    assert (title, "Successfully generated feedback" in said) == ("Success", True), said


def read_feedback(page, picture):
    """What ada reads: the score, why points are missing, the comment."""
    page.set_viewport_size({"width": 1280, "height": 1400})
    text = page.locator(".jp-HTMLViewer iframe").content_frame.locator("body")
    text.get_by_role("heading", name=LAB).wait_for()
    shown = text.inner_text()
    for row in ("work without cache\t0\t2\tno points", "whiteboard\t3\t4\tsome points, with a comment", "Sum\t21\t24"):
        assert row in shown
    assert "is right for the visible examples, but wrong for" in shown and WRONG.message in shown
    assert text.locator(".comment").inner_text().endswith(COMMENT.replace("*", ""))
    assert text.locator(".comment em").inner_text() == "price"
    picture(page, "instructor-feedback", text.locator("#cell-correct_work_without_cache"))


def nothing_hidden_is_shown(text: str, lab: Path, course: Path):
    hidden, graded = hidden_lines(lab), graded_text(course, "ada", lab.stem)
    assert len(hidden) >= 5 and all(line in graded for line in hidden)
    assert [line for line in hidden if line in text] == []
    assert "# hidden tests are run here" in text
