"""What a feedback page tells: points, visible tests, messages, comments; of a hidden test only that it failed."""

import pytest
from feedback_pages import MESSAGE, TEST, Reader, failure, known, page, test_cell, text_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

HIDDEN = "double(0) == 0"

# --- hidden tests ---


def test_in_place_of_a_hidden_test_stands_that_there_is_one():
    text = text_of(test_cell())
    assert "assert double(4) == 8\n# hidden tests are run here\nprint(1)" in text
    assert "HIDDEN TESTS" not in text and HIDDEN not in text


def test_ipythons_traceback_of_a_hidden_test_is_left_out_and_its_message_is_shown():
    text = text_of(test_cell([failure()]))
    assert f"A hidden test failed:\nAssertionError: {MESSAGE}\n" in text
    assert HIDDEN not in text and "Traceback" not in text and "\x1b" not in text


def test_the_judges_sentence_of_a_hidden_test_is_shown_as_it_stands():
    said = "A hidden test failed."
    text = text_of(test_cell([failure(said, [f"AssertionError: {said}"])]))
    assert f"AssertionError: {said}\n" in text and "This line failed" not in text


@pytest.mark.parametrize(
    "traceback",
    (["line 1: assert double(4) == 8", "AssertionError: "], ["\x1b[32m----> 1\x1b[39m assert double(4) == 8\n"]),
)
def test_of_a_visible_test_the_line_that_failed_is_shown(traceback):
    text = text_of(test_cell([failure("", traceback)]))
    assert "This line failed: assert double(4) == 8\nAssertionError\n" in text


def test_a_traceback_is_not_believed_about_what_a_line_holds():
    text = text_of(test_cell([failure("", ["line 1: assert double(0) == 0"])]))
    assert HIDDEN not in text and "This line failed" not in text


def test_a_hidden_test_that_an_answer_prints_or_raises_is_withheld():
    line = "    assert double(0) == 0, message\n"
    printed = new_output("stream", name="stdout", text=f"I read: {line}")
    shown = new_output("display_data", data={"text/plain": line})
    text = text_of(test_cell([printed, shown, failure(f"it said {line}", [])]), new_code_cell("f()", outputs=[printed]))
    assert HIDDEN not in text
    assert text.count("(a line of a hidden test)") == 4


def test_coloured_output_does_not_carry_a_hidden_test_out():
    printed = new_output("stream", name="stdout", text="assert double(\x1b[31m0\x1b[0m) == 0, message")
    assert "== 0, message" not in text_of(test_cell([printed]))


def test_lines_that_a_visible_test_also_holds_stay_readable():
    twice = f"value = double(4)\n{TEST.replace('assert double(0) == 0, message', 'value = double(4)')}"
    printed = new_output("stream", name="stdout", text="value = double(4)\n")
    assert "a line of a hidden test" not in text_of(test_cell([printed], twice))
    assert text_of(test_cell([printed], twice)).count("value = double(4)") == 2


def test_hidden_tests_without_an_end_are_hidden_to_the_end_of_the_cell():
    assert HIDDEN not in text_of(test_cell(source=TEST.partition("### END")[0]))


def test_the_marks_of_hidden_tests_are_those_that_the_course_has_configured():
    from nbformat.v4 import new_notebook
    from traitlets.config import Config

    from grading.feedback.page import FeedbackPage

    config = Config({"ClearHiddenTests": {"begin_test_delimeter": "<<<", "end_test_delimeter": ">>>"}})
    notebook = new_notebook(cells=[test_cell(source="# <<<\nsecret_test()\n# >>>")])
    about = {"notebook": "lab", "assignment": "a", "student": "ada", "score": 0, "max_score": 2}
    html, _ = FeedbackPage(config=config).from_notebook_node(notebook, {"nbgrader": about})
    assert "secret_test" not in html


# --- points ---


def table(*cells, **points) -> list[str]:
    """The table's lines, words separated by one blank."""
    html = page(*cells, **points)
    return [
        " ".join(" ".join(Reader(f"</style>{row}").pieces).split())
        for row in html.split("</table>")[0].split("<tr>")[1:]
    ]


def test_the_table_has_a_row_for_each_exercise_and_their_sum():
    whiteboard = new_markdown_cell(
        "my answer", metadata=known("whiteboard", grade=True, solution=True, score=2.5, points=4)
    )
    rows = table(test_cell(score=2.0), whiteboard, "text", score=4.5, max_score=6)
    assert rows == [
        "Exercise Points of Result",
        "double 2 2 full points",
        "whiteboard 2.5 4 some points",
        "Sum 4.5 6",
    ]


def test_what_nobody_has_graded_yet_is_no_zero():
    rows = table(new_markdown_cell("", metadata=known("whiteboard", grade=True, score=0.0, points=4, waits=True)))
    assert rows[1] == "whiteboard – 4 not graded yet"
    assert rows[2] == "Sum 0 2 not final: manual grading is pending"


def test_a_late_penalty_is_a_row_and_no_sum_is_below_zero():
    assert table(test_cell(), score=-1.5, late_penalty=1.5)[2:] == ["Late penalty -1.5", "Sum 0 2"]


def test_each_row_leads_to_its_cell_and_each_cell_back():
    tags = Reader(page(test_cell())).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    links = [attributes["href"] for tag, attributes in tags if tag == "a"]
    assert links == ["#cell-correct_double", "#points"]
    assert sorted(ids) == ["cell-correct_double", "points"]


# --- comments and messages ---


def test_a_graders_comment_is_shown_at_its_cell_and_noted_in_the_table():
    answer = new_code_cell("def double(x): ...", metadata=known("double", solution=True, comment="Well *done*."))
    html = page(answer, test_cell())
    assert "<p>Well <em>done</em>.</p>" in html
    assert table(answer)[1] == "double with a comment"


def test_a_message_keeps_its_line_breaks():
    html = page(test_cell([failure()]))
    assert '<pre class="wrapped">AssertionError: wrong for another number.\nLikely cause: a special' in html
    assert ".wrapped { white-space: pre-wrap;" in html


def test_endless_output_is_cut_with_a_mark():
    html = page(new_code_cell("f()", outputs=[new_output("stream", name="stdout", text="x" * 3_000_000)]))
    assert len(html) < 100_000 and "(2,980,000 more characters)" in html


@pytest.mark.parametrize("name", ["CheckFailed", "AnswerRaised"])
def test_of_a_test_with_labkit_the_message_is_all_that_is_shown(name):
    html = page(test_cell([failure(MESSAGE, MESSAGE.splitlines(), name)]))
    assert f'<div class="failure">\n<pre class="wrapped">{MESSAGE}</pre>' in html
    assert name not in html


def test_a_message_of_labkit_that_quotes_a_hidden_line_is_shown_without_it():
    message = "double returned 'assert double(0) == 0, message'.\nNext step: try 0."
    text = text_of(test_cell([failure(message, message.splitlines(), "CheckFailed")]))
    assert "double returned '(a line of a hidden test)'.\nNext step: try 0." in text
    assert "double(0)" not in text
