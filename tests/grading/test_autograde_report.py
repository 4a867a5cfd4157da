"""The table at the end: short, whatever a student has said or is called, and without a way into the terminal."""

import pytest

from grading.autograde.report import SHOWN, summary, table
from grading.plain_text import few, one_line

HOSTILE = "\x1b]0;owned\x07 \x9b2J \udc80 \u202etxt.exe \r overwritten \x00 \u2028 new line"


@pytest.mark.parametrize("text", [HOSTILE, *HOSTILE])
def test_a_line_holds_nothing_that_a_terminal_obeys(text):
    line = one_line(text)
    line.encode()
    assert line.isprintable()


def test_names_and_letters_of_all_languages_are_left_as_they_are():
    for text in ("Zoë Ångström", "李 明", "محمد", "x² ≤ ½ – “yes”"):
        assert one_line(text) == text


def test_many_sentences_take_a_few_lines():
    lines = few(f"lab: test-{number} timed out" for number in range(3000))
    assert lines[0] == "lab: test-0 timed out"
    assert lines[5:] == ["... and 2,995 more such lines."]
    assert few(["the same"] * 3000) == ["the same"]
    assert len(one_line("x" * 10**6)) == 160


def test_a_student_takes_a_row_and_each_problem_a_line():
    text = table(["ada", HOSTILE], {"ada": 5}, {"ada": [HOSTILE, "second"], "gone": ["not there"]})
    lines = text.split("\n")
    assert lines[0].split() == ["student", "points", "problem"]
    rows = [line.split()[:2] for line in lines if line.startswith(("ada", "gone"))]
    assert rows == [["ada", "5"], ["gone", "-"]]
    assert lines[-2].strip() == "second"
    assert len(lines) == 5 and all(line.isprintable() for line in lines)


def test_of_a_large_class_only_those_with_a_problem_have_a_row():
    students = [str(number) for number in range(SHOWN + 1)]
    assert table(students, {}, {}) == ""
    assert table(students, {}, {"7": ["late"]}).count("\n") == 1


def test_the_last_line_counts_everybody():
    assert summary(["a", "b"], 3, 4, {"a": 1.0, "b": 2.0}, 61.4) == (
        "2 graded (median 1.5 points, lowest 1, highest 2), 3 not graded, 4 already graded, unchanged; 61 s."
    )
