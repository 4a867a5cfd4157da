"""The report's pictures: what they count, and that one page can hold several."""

import re
from datetime import datetime, timedelta

import pytest

from grading.report.pictures import FARTHEST, histogram, times

DUE = datetime(2026, 11, 3, 23, 59)


def at(days: float) -> datetime:
    return DUE + timedelta(days=days)


@pytest.mark.parametrize("most", [1, 6, 24, 96, 1000, 100_000])
def test_each_submission_is_in_one_bar_also_with_full_points_and_with_extra_credit(most):
    points = [0, most / 3, most, most + 2]
    rows = histogram("x", points, most).rows
    assert (sum(int(count) for _, count in rows), rows[-1][1]) == (4, "2")
    assert len(rows) <= 13


def test_a_bar_says_from_where_to_where_it_goes():
    rows = dict(histogram("x", [0, 1.99, 2, 24], 24).rows)
    assert (rows["0 to under 2"], rows["2 to under 4"], rows["22 or more"]) == ("2", "1", "1")


@pytest.mark.parametrize(
    "points, said",
    [
        ([], "No submission is graded."),
        ([5.5], "The only submission has 5.5 of 24 points."),
        ([0, 0, 0], "All 3 submissions have 0 of 24 points."),
    ],
)
def test_where_there_is_nothing_to_compare_a_sentence_says_so(points, said):
    picture = histogram("x", points, 24)
    assert (picture.sentence, picture.svg) == (said, None)


def test_times_are_counted_before_and_after_the_due_date():
    found = times("x", [(at(-5), 6), (at(-2), 5), (at(-2), 3), (at(0), 4), (at(0.5), 2), (at(9), 0)], DUE, 6)
    assert found.rows == (
        ("more than 3 days before", "1", "6"),
        ("1 to 3 days before", "2", "4"),
        ("in the last 24 hours", "1", "4"),
        ("up to 1 day late", "1", "2"),
        ("more than 1 day late", "1", "0"),
    )
    assert "2 of them came after the due date" in found.sentence


def test_without_a_due_date_times_are_counted_from_the_last_submission():
    found = times("x", [(at(-5), 6), (at(0), 4)], None, 6)
    assert [row[1] for row in found.rows] == ["1", "0", "1"]
    assert "due" not in found.svg and "due" not in found.sentence


def test_a_time_that_is_far_off_does_not_press_the_others_together():
    found = times("x", [(at(-0.5), 6), (at(0.5), 4), (datetime(1970, 1, 1), 0)], DUE, 6)
    assert f"1 are more than {FARTHEST.days} days away" in found.sentence
    assert found.rows[0] == ("more than 3 days before", "1", "0")
    assert max(map(int, re.findall(r">−(\d+)<", found.svg))) <= FARTHEST.days


def test_thousands_that_hand_in_together_are_no_file_of_megabytes():
    found = times("x", [(at(number / 1e6), number % 97) for number in range(5000)], DUE, 96)
    assert len(found.svg) < 60_000


def test_two_pictures_of_a_page_share_no_id_and_a_picture_is_the_same_every_time():
    first, again, second = (histogram(title, [0, 3, 24], 24).svg for title in ("a", "a", "b"))
    assert first == again
    ids = [set(re.findall(r' id="([^"]*)"', svg)) for svg in (first, second)]
    assert ids[0] and not ids[0] & ids[1]


def test_a_picture_takes_its_colours_from_the_page_and_nothing_from_elsewhere():
    svg = times("x", [(at(-1), 6), (at(1), 4)], DUE, 6).svg
    assert "currentColor" in svg and "var(--right)" in svg
    assert not re.findall(r"(?:fill|stroke): ?#[0-9a-f]{3,6}", svg)
    assert not re.findall(r"(?:https?:)?//", svg)
