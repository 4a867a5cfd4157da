"""`python -m grading export`: a row a student, a column an exercise, and nothing that a spreadsheet runs."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from graded_course import gradebook_of, hand_in, make_course
from nbgrader.api import Gradebook
from tiny_course import ASSIGNMENT

from grading.__main__ import main
from grading.export import as_text, number, rows
from grading.gradebook import seconds_late

FULL = {"test_double": 2, "test_ratio": 3, "test_triple": 1}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("export") / "course")
    with gradebook_of(course.root) as gradebook:
        hand_in(gradebook, "ada", {"last_name": "Lovelace", "first_name": "Ada", "email": "ada@example.org"}, **FULL)
        hand_in(gradebook, "bob", {"last_name": 'O"Neil, jr.\nBob', "first_name": "Zoë"}, test_double=0, test_ratio=2.5)
        gradebook.add_student("cleo", last_name='=HYPERLINK("https://example.org")', first_name="+1")
        hand_in(gradebook, "dev", {"last_name": "Dev"}, test_double=1, test_ratio=0, test_triple=0)
        by_hand = gradebook.find_grade("test_double", "lab", ASSIGNMENT, "dev")
        by_hand.manual_score, by_hand.extra_credit = 0.0, 0.5
        late = gradebook.find_submission(ASSIGNMENT, "dev")
        gradebook.find_assignment(ASSIGNMENT).duedate = datetime(2026, 1, 1)
        late.timestamp, late.extension = datetime(2026, 1, 1, 3), timedelta(hours=1)
        late.notebooks[0].late_submission_penalty = 4.0
        gradebook.db.commit()
    return course


@pytest.fixture
def export(course, monkeypatch, capsys):
    """Run the command in the course; its exit status and what it printed."""
    monkeypatch.chdir(course.root)

    def export(*arguments: str) -> tuple[int, str]:
        status = main(["export", *arguments])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return export


@pytest.fixture
def by_student(export) -> dict[str, dict[str, str]]:
    _, printed = export(ASSIGNMENT, "--to", "-")
    return {row["student_id"]: row for row in csv.DictReader(io.StringIO(printed))}


def test_columns_are_the_student_the_exercises_in_the_notebooks_order_and_sums(by_student):
    assert list(by_student["ada"]) == [
        *("student_id", "last_name", "first_name", "email", "submitted"),
        *("lab: test_double", "lab: test_ratio", "lab: sum", "second: test_triple", "second: sum"),
        *("points", "late_penalty", "total", "max_total", "seconds_late", "needs_manual_grading"),
    ]


def test_the_order_is_the_notebooks_and_not_the_alphabets_or_the_gradebooks(course):
    import nbformat

    path = course.root / "source" / ASSIGNMENT / "lab.ipynb"
    before = path.read_text()
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.reverse()
    nbformat.write(notebook, path)
    try:
        from nbgrader.coursedir import CourseDirectory

        with gradebook_of(course.root) as gradebook:
            heading = next(rows(gradebook, ASSIGNMENT, CourseDirectory(root=str(course.root))))
    finally:
        path.write_text(before)
    assert heading[5:7] == ["lab: test_ratio", "lab: test_double"]


def test_a_row_holds_what_the_gradebook_holds(by_student):
    assert list(by_student["ada"].values()) == "ada Lovelace Ada ada@example.org yes 2 3 5 1 1 6 0 6 6 0 no".split()


def test_a_grade_that_nobody_has_given_is_empty_and_a_zero_is_zero(by_student):
    bob = by_student["bob"]
    assert bob["lab: test_double"] == "0" and bob["second: test_triple"] == "" and bob["second: sum"] == ""
    assert bob["points"] == bob["total"] == "2.5" and bob["needs_manual_grading"] == "yes"


def test_who_has_handed_in_nothing_has_a_row_without_points(by_student):
    cleo = by_student["cleo"]
    assert cleo["submitted"] == "no" and cleo["total"] == cleo["points"] == cleo["lab: sum"] == ""
    assert cleo["max_total"] == "6"


def test_a_persons_grade_counts_before_the_automatic_one_and_extra_credit_is_added(by_student):
    assert by_student["dev"]["lab: test_double"] == "0.5"


def test_lateness_counts_from_the_students_own_due_date_and_no_total_is_below_zero(by_student):
    dev = by_student["dev"]
    assert (dev["seconds_late"], dev["late_penalty"], dev["points"], dev["total"]) == ("7200", "4", "0.5", "0")
    assert seconds_late(datetime(2026, 1, 2), datetime(2026, 1, 1), None) == 0
    assert seconds_late(datetime(2026, 1, 2), None, None) == seconds_late(None, datetime(2026, 1, 2), None) == 0


def test_commas_quotes_and_line_breaks_stay_in_their_cell(by_student):
    assert by_student["bob"]["last_name"] == 'O"Neil, jr.\nBob' and by_student["bob"]["first_name"] == "Zoë"


def test_students_are_in_the_order_of_a_class_list(by_student):
    assert list(by_student) == ["cleo", "dev", "ada", "bob"]


# --- formulas ---


SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−"
BEFORE = (
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\0",
    "\x1b",
    "\xa0",
    "\ufeff",
    "\u200b",
    "\u2028",
    ";",
    ",",
    "|",
    "a;",
    'a"',
    "a; \0",
    "'",
)


@pytest.mark.parametrize("before", BEFORE)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_however_it_splits_the_line(before):
    for sign in SIGNS:
        assert as_text(f"{before}{sign}1+1") == f"{before}'{sign}1+1", sign


def test_a_line_split_at_any_separator_holds_no_formula():
    lines = io.StringIO()
    csv.writer(lines).writerow([as_text(text) for text in ('a;=1+1|"+2"', "b\r@3,-4\t=5", ';";"=6')])
    for separator in ",;|\t\r\n ":
        for cell in lines.getvalue().split(separator):
            assert not cell.strip(' "\r\n\0').startswith(tuple("=+-@"))


@pytest.mark.parametrize("text", ("", "Ada", "a=b", "Anne-Marie", "ada@example.org", "1+1", "O'Neil, jr."))
def test_what_it_would_not_run_stays_as_it_is(text):
    assert as_text(text) == text


def test_names_that_are_formulas_are_written_as_text_and_negative_points_as_numbers(by_student):
    assert by_student["cleo"]["last_name"] == '\'=HYPERLINK("https://example.org")'
    assert by_student["cleo"]["first_name"] == "'+1"
    assert number(-0.5) == "-0.5"


# --- the file ---


def test_the_file_is_utf_8_with_a_byte_order_mark_only_if_asked_for(course, export):
    assert export(ASSIGNMENT) == (0, f"grades-{ASSIGNMENT}.csv: 4 students.\n")
    plain = (course.root / f"grades-{ASSIGNMENT}.csv").read_bytes()
    export(ASSIGNMENT, "--to", "excel.csv", "--bom")
    assert (course.root / "excel.csv").read_bytes() == b"\xef\xbb\xbf" + plain
    assert "Zoë".encode() in plain and plain.startswith(b"student_id,")


def test_a_file_that_cannot_be_written_leaves_the_one_that_was_there(course, export, monkeypatch):
    target = course.root / "grades.csv"
    target.write_text("before")

    def full_disk(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr("grading.export._write", full_disk)
    assert export(ASSIGNMENT, "--to", "grades.csv") == (2, "Not written: No space left on device\n")
    assert target.read_text() == "before"
    assert not list(course.root.glob("*.unfinished")) + list(course.root.glob(".*.unfinished"))


def test_a_file_that_is_no_gradebook_is_named_without_sql(export, tmp_path):
    (tmp_path / "other.db").write_text("garbage")
    status, printed = export(ASSIGNMENT, "--db", f"sqlite:///{tmp_path}/other.db")
    assert status == 2 and "SQL:" not in printed and "sqlalche.me" not in printed
    assert printed.startswith("Gradebook error: file is not a database.\nNext step: check that --db sqlite:///")


def test_what_is_not_there_is_named(export):
    status, printed = export("phase-99")
    assert status == 2
    assert printed == (
        f"Not written: The gradebook has no assignment 'phase-99', only {ASSIGNMENT}. "
        "Next step: nbgrader generate_assignment phase-99\n"
    )


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--to", "no/such/grades.csv"), "There is no folder no/such for grades.csv. Next step: create it."),
        (("--to", "."), ". is a folder. Next step: give the name of a file."),
        (("--column", "Grade"), "--column Grade is of a platform's file."),
        (("--canvas", "a.csv", "--moodle-worksheet", "b.csv"), "--canvas and --moodle-worksheet are two files."),
        (("--moodle-worksheet", "b.csv", "--bom"), "Next step: leave out --bom."),
    ],
)
def test_an_option_without_an_effect_and_a_file_in_no_folder_are_refused(export, arguments, said):
    """One of two platforms' files was not filled in, and nothing was said of it."""
    status, printed = export(ASSIGNMENT, *arguments)
    assert status == 2 and said in printed and "unfinished" not in printed


def test_help_tells_of_the_apostrophe_and_gives_an_example(capsys):
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    said = capsys.readouterr().out
    assert "apostrophe" in said and "python -m grading export phase-00" in said


def test_a_large_class_takes_no_more_queries_than_a_small_one(course, tmp_path):
    from sqlalchemy import event

    def queries(root) -> int:
        asked = []
        with gradebook_of(root) as gradebook:
            event.listen(gradebook.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
            assert len(list(rows(gradebook, ASSIGNMENT))) > 1
        return len(asked)

    small = make_course(tmp_path / "small")
    with gradebook_of(small.root) as gradebook:
        hand_in(gradebook, "ada", **FULL)
    assert queries(small.root) == queries(course.root)


def test_other_assignments_do_not_count(course, tmp_path):
    other = make_course(tmp_path / "other")
    with gradebook_of(other.root) as gradebook:
        hand_in(gradebook, "ada", **FULL)
        _second_assignment(gradebook)
        lines = list(rows(gradebook, ASSIGNMENT))
    assert lines[1][-6:] == ["6", "0", "6", "6", "0", "no"]


def _second_assignment(gradebook: Gradebook) -> None:
    gradebook.add_assignment("phase-01")
    gradebook.add_notebook("lab", "phase-01")
    gradebook.add_grade_cell("test_double", "lab", "phase-01", max_score=9, cell_type="code")
    gradebook.add_submission("phase-01", "ada").notebooks[0].grades[0].auto_score = 9
    gradebook.db.commit()
