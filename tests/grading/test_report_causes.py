"""What a failing test's message says of the cause, and how much of it is the course's own words."""

import pytest

from grading.judge.notebook import HIDDEN_FAILED, HIDDEN_TOO_LONG
from grading.report.causes import Error, cause_of, same_cause
from grading.report.words import CourseWords

BROKEN = "your code did not answer: it was ended by"
CALL = f"ratio(1) raised CallFailed: {BROKEN}"
TOO_LONG = "ratio(1) raised CallFailed: your code did not answer: it took too long"


@pytest.mark.parametrize(
    "cell, kind, message, cause, is_answer",
    [
        ("test", "CheckFailed", "ratio(1) is 3.\nLikely cause: upside down.\nNext step: x.", "upside down.", True),
        ("test", "CheckFailed", "No.\nLikely cause: your x fails. Otherwise: y.", "your x fails.", True),
        ("test", "AssertionError", HIDDEN_FAILED, HIDDEN_FAILED, True),
        ("test", "AssertionError", "", "The test failed with AssertionError.", True),
        ("test", "CheckFailed", "ratio(1) raised TypeError: Ada's text", "The answer raised TypeError.", True),
        ("test", "TestTooLong", HIDDEN_TOO_LONG, HIDDEN_TOO_LONG, False),
        ("test", "AssertionError", HIDDEN_TOO_LONG, HIDDEN_TOO_LONG, True),  # an answer's own words
        ("test", "NotRun", "The notebook took more than 9 seconds.", "The notebook took more than 9 seconds.", False),
        ("test", "TestTooLong", "", "The test took too long.", False),
        ("test", "CheckFailed", TOO_LONG, "The answer did not return in time.", False),
        ("test", "CheckFailed", f"{CALL} signal 9\nNext step: x.", f"{BROKEN} signal 9", False),
        ("answer", "CellTimeout", "4 seconds", "The answer's cell ran out of time.", False),
        ("answer", "CellFailed", "The cell did not finish.", "The cell did not finish.", False),
        ("answer", "SyntaxError", "Ada's text", "The answer's cell did not run: SyntaxError.", False),
        ("answer", "AdasError", "", "The answer's cell did not run: an error that is not Python's own.", False),
    ],
)  # fmt: skip
def test_what_kept_an_answer_from_being_tested_is_told_apart_from_a_wrong_answer(cell, kind, message, cause, is_answer):
    found = cause_of(("answer",), "test", {cell: Error(kind, message), "other": Error("SyntaxError", "x")})
    assert (found.text, found.is_answer) == (cause, is_answer)


def test_messages_that_differ_in_numbers_alone_have_the_same_cause():
    texts = ["shape (3, 4) is -1.5e-3 too wide", "shape (10, 2) is 7 too wide", "shape (1,234, 5) is 0 too wide"]
    assert {same_cause(text) for text in texts} == {"shape (…) is … too wide"}
    assert same_cause("top_p2 of lab_02 is x1") == "top_p2 of lab_02 is x1"  # names keep theirs


@pytest.fixture(scope="module")
def words() -> CourseWords:
    test = """
assert ok, "Every answer has an end. More words."
raise ValueError(f"The answer {name} has {number} ends, of {most} in all.")
short = f"{x} is {y}."
"""
    return CourseWords([test, "%time not_python"], ["top_k_mask"])


@pytest.mark.parametrize(
    "text, shown",
    [
        ("Every answer has an end.", "Every answer has an end."),
        ("The answer Ada has 3 ends, of 4 in all.", "The answer … has … ends, of … in all."),
        ("The answer top_k_mask has 3 ends, of 4 in all.", "The answer top_k_mask has … ends, of … in all."),
        ("The answer  has  ends, of  in all.", "The answer … has … ends, of … in all."),
        ("Every answer has an end. Ada", None),
        ("Ada: Every answer has an end.", None),
        ("Ada is here.", None),
        ("The answer Ada has 3 ends, of 4 in all. Ada's words.", None),
        (HIDDEN_FAILED, HIDDEN_FAILED),  # the judge's
        ("top_k_mask is not written yet.", "top_k_mask is not written yet."),  # labkit's
        ("The answer's cell did not run: SyntaxError.", "The answer's cell did not run: SyntaxError."),  # the report's
        ("", None),
    ],
)
def test_only_the_courses_words_are_left_of_a_message(words, text, shown):
    assert words.only(text) == (shown and shown.removesuffix("."))


def test_almost_every_likely_cause_of_the_labs_is_in_the_courses_own_words(words):
    """A page without names would else say "another cause" throughout."""
    from labkit import lab_02

    causes = [cause for exercise in (lab_02.TOKEN, lab_02.SEQUENCE) for cause, _ in exercise.mistakes.values()]
    assert len(causes) > 20
    assert [cause for cause in causes if words.only(f"{cause}.") is None] == []
