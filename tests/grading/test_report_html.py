"""The report as a file: what a browser, a reader of screens and a person without the right to names get to see."""

import contextlib
import re

import pytest
from feedback_pages import Reader
from graded_course import gradebook_of
from hostile_text import ATTACKS
from report_class import NONE, ReportedCourse, failed
from tiny_course import ASSIGNMENT

from grading.__main__ import main

SECRET = "zzyzx"
TAGS = set("html head meta title style body header main section h1 h2 h3 p dl div dt dd small a code span".split())
TAGS |= set("table thead tbody tr th td details summary figure figcaption svg g path defs use text cliprect".split())
TAGS |= {"clippath", "rect"}


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> ReportedCourse:
    return ReportedCourse(tmp_path_factory.mktemp("reported") / "course")


@pytest.fixture
def course(reported) -> ReportedCourse:
    reported.start_anew()
    return reported


def report(course: ReportedCourse, *arguments: str) -> str:
    """Write the page and return it."""
    with contextlib.chdir(course.root):
        assert main(["report", ASSIGNMENT, *arguments]) == 0
    return (course.root / f"report-{ASSIGNMENT}.html").read_text(encoding="utf-8")


def make_class(course: ReportedCourse, word: str) -> None:
    """A class with every kind of trouble. word: is in whatever a student can write, or is called."""
    wrong = failed(f"double(4) returned {word}.", "Likely cause: an example value is hard-coded.", f"Next step: {word}")
    about = {"first_name": word, "last_name": word, "email": f"{word}@example.org"}
    course.graded(f"{word}-ada", {"test_double": wrong}, test_double=0, about=about)
    quoted = failed(f"{word} is not defined yet.\nLikely cause: {word} says {word}.")
    course.graded(f"{word}-ben", {"test_double": quoted, "ratio": (f"{word}Error", word)}, test_double=0, test_ratio=0)
    raised = failed(f"{word} raised CallFailed: your code {word}")
    not_run = ("CellFailed", f"The cell did not finish and counts as not run: {word}.")
    course.graded(f"{word}-cleo", {"test_double": raised, "ratio": not_run}, test_double=0, test_ratio=0)
    course.graded(f"{word}-dev", **NONE, not_tried=["double", "ratio", "triple"], without=["second"])
    course.write("submitted", f"{word}-eva", f"{word}.ipynb", word)
    course.write("submitted", f"{word}-finn", "lab.ipynb", word)
    with gradebook_of(course.root) as gradebook:
        gradebook.add_student(f"{word}-gil", last_name=word)


@pytest.fixture(scope="module")
def troubled(tmp_path_factory) -> ReportedCourse:
    course = ReportedCourse(tmp_path_factory.mktemp("troubled") / "course")
    make_class(course, SECRET)
    return course


@pytest.fixture(scope="module")
def page(troubled) -> str:
    """Of the class with every kind of trouble."""
    return report(troubled)


def test_without_names_nothing_of_a_students_own_is_in_the_file(troubled, page):
    assert page.lower().count(SECRET) > 10  # so that the next line can fail
    page = report(troubled, "--no-names")
    assert SECRET not in page.lower()
    assert SECRET not in repr(troubled.facts(with_names=False)).lower()  # a template has nothing to hide
    assert "An example value is hard-coded." in page and "The cell did not finish and counts as not run: …" in page
    assert "Whose" not in page and "Other causes" in page


def test_what_a_student_wrote_is_text(course):
    for number, attack in enumerate(ATTACKS):
        errors = {"test_double": failed(f"Likely cause: {attack}"), "test_ratio": ("Error", attack)}
        course.graded(f"{number}-<b onclick=x>&", errors, test_double=0, test_ratio=0)
    course.write("submitted", "eva", "<img src=x onerror=alert(1)>.ipynb", "")
    page = report(course)
    reader = Reader(page)
    assert {tag for tag, _ in reader.tags} <= TAGS
    attributes = {(tag, name) for tag, found in reader.tags for name in found}
    assert not {name for _, name in attributes if name.startswith("on") or name in ("src", "srcset", "action", "data")}
    assert {found["href"] for tag, found in reader.tags if tag == "a"} == {"#person"}
    styles = {found["style"] for tag, found in reader.tags if tag in ("span", "p", "div") and "style" in found}
    assert all(re.fullmatch(r"flex-grow: \d+", style) for style in styles)
    assert "<img src=x onerror=alert(1)>.ipynb" in reader.text and "0-<b onclick=x>&" in reader.text


@pytest.mark.parametrize(("num", "said"), [(5, "s1, s2, s3, s4, s5"), (6, "s1, s2, s3, s4 and 2 mores5, s6")])
def test_names_are_folded_away_only_if_there_are_two_or_more_of_them(course, num, said):
    for number in range(num):
        course.graded(f"s{number + 1}", {"test_double": failed("Likely cause: the same.")}, test_double=0)
    assert said in " ".join(Reader(report(course)).text.split())


def test_the_policy_forbids_scripts_and_whatever_comes_from_elsewhere(page):
    assert "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" in page
    assert "<script" not in page and "url(http" not in page
    assert not re.findall(r'(?:href|src)="(?!#)', page)


def test_a_reader_of_screens_finds_headings_in_order_and_names_for_tables_and_pictures(page):
    reader = Reader(page)
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    assert all("scope" in found for tag, found in reader.tags if tag == "th")
    pictures = [found for tag, found in reader.tags if tag == "svg" or found.get("role") == "img"]
    assert pictures and all(found.get("aria-label") for found in pictures)
    ids = [found["id"] for _, found in reader.tags if "id" in found]
    assert len(ids) == len(set(ids))
    counts = [tag for tag, _ in reader.tags]
    assert counts.count("figure") == counts.count("figcaption") and "2 wrong" in str(pictures)


def nobody(course):
    pass


def nothing_graded(course):
    course.write("submitted", "ada", "lab.ipynb", '{"cells": []}')


def one_student(course):
    course.graded("ada")


def all_right(course):
    for student in ("ada", "ben"):
        course.graded(student)


def all_zeros(course):
    for student in ("ada", "ben"):
        course.graded(student, {"test_double": failed("No.")}, **NONE)


def a_lab_without_submissions(course):
    for student, points in (("ada", 2), ("ben", 1)):
        course.graded(student, without=["second"], test_double=points, test_triple=0)


@pytest.mark.parametrize(
    "make, said, num_pictures",
    [
        (nobody, ["Nothing: nobody has handed in.", "No submission is graded yet"], 0),
        (nothing_graded, ["Not graded: 1 submission", "No submission is graded yet"], 0),
        (
            one_student,
            ["Nothing: everything that was handed in is graded.", "The only submission has 6 of 6 points."],
            0,
        ),
        (all_right, ["No answer is wrong."], 0),
        (all_zeros, ["All 2 submissions have 0 of 6 points.", "Fewer than two submissions have a time"], 0),
        (
            a_lab_without_submissions,
            ["No graded submission contains this lab.", "The test gave a part of its points"],
            2,
        ),
    ],
)
def test_where_there_is_nothing_to_draw_the_page_says_so_in_words(course, make, said, num_pictures):
    make(course)
    reader = Reader(report(course))
    text = " ".join(reader.text.split())
    assert [sentence for sentence in said if sentence not in text] == []
    assert sum(tag == "svg" for tag, _ in reader.tags) == num_pictures


def test_the_headline_counts_and_links_to_what_needs_a_person(page):
    text = " ".join(Reader(page).text.split())
    # Two that are not graded, a lab untouched, one missing, and three causes that are no wrong answer.
    assert "handed in6 of 7 graded4 median points1 of 6 need a person7" in text


def test_the_file_goes_where_it_is_told_and_nothing_else_is_left(course, monkeypatch, capsys, tmp_path):
    course.graded("ada")
    monkeypatch.chdir(course.root)
    before = set(course.root.iterdir())
    assert main(["report", ASSIGNMENT, "--to", str(tmp_path / "page.html")]) == 0
    assert "page.html: 1 graded" in capsys.readouterr().out
    assert (tmp_path / "page.html").read_text().endswith("</html>")
    assert set(course.root.iterdir()) == before


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["no-such-phase"], f"The gradebook has no assignment 'no-such-phase', only {ASSIGNMENT}. Next step: "),
        (
            [ASSIGNMENT, "--to", "no/such/folder.html"],
            "There is no folder no/such for folder.html. Next step: create it.",
        ),
        ([ASSIGNMENT, "--to", "source"], "source is a folder. Next step: give the name of a file."),
    ],
)
def test_what_cannot_be_written_is_said_in_a_line(course, monkeypatch, capsys, arguments, said):
    course.graded("ada")
    monkeypatch.chdir(course.root)
    assert main(["report", *arguments]) == 2
    printed = capsys.readouterr().err
    assert said in printed.splitlines()[-1] and "Traceback" not in printed
    assert not list(course.root.glob(".*unfinished"))
