"""What the report says of a class: who is graded, how each exercise went, and why answers are wrong."""

import os
from datetime import datetime

import pytest
from graded_course import gradebook_of
from report_class import NONE, ReportedCourse, failed
from tiny_course import ASSIGNMENT

from grading.steps.entry import MAX_NOTEBOOK_BYTES

WRONG = {"test_double": failed("double(4) returned 4.", "Likely cause: x is returned as it is.", "Next step: try 0.")}


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> ReportedCourse:
    return ReportedCourse(tmp_path_factory.mktemp("reported") / "course")


@pytest.fixture
def course(reported) -> ReportedCourse:
    reported.start_anew()
    return reported


def test_each_exercise_counts_right_partly_right_wrong_and_not_tried_in_the_order_of_the_course(course):
    course.graded("ada")
    course.graded("ben", test_double=1)
    course.graded("cleo", WRONG, test_double=0)
    course.graded("dev", test_double=0, not_tried=["double"])
    lab, second = course.facts().labs
    assert [exercise.name for exercise in (*lab.exercises, *second.exercises)] == [
        *("test_double", "test_ratio", "test_triple")
    ]
    assert lab.exercises[0].states == {"right": 1, "partly right": 1, "wrong": 1, "not tried": 1}
    assert lab.exercises[1].states == {"right": 4}
    assert sorted(lab.points) == [3, 3, 4, 5]


def test_two_tests_of_one_answer_are_not_tried_together_and_the_next_answer_is_its_own(course):
    import nbformat
    from tiny_course import cell

    path = course.root / "source" / ASSIGNMENT / "lab.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(4, cell("test_double_again", "assert double(1) == 2", points=1))
    nbformat.write(notebook, path)
    with gradebook_of(course.root) as gradebook:
        gradebook.add_grade_cell("test_double_again", "lab", ASSIGNMENT, max_score=1, cell_type="code")
    course.graded("ada", {"test_ratio": failed("No.")}, **NONE, test_double_again=0, not_tried=["double", "triple"])
    course.graded("ben", test_double_again=1, test_ratio=0, not_tried=["ratio"])
    states = {exercise.name: dict(exercise.states) for exercise in course.facts().labs[0].exercises}
    for_double = {"not tried": 1, "right": 1}
    assert states == {
        "test_double": for_double,
        "test_double_again": for_double,
        "test_ratio": {"wrong": 1, "not tried": 1},
    }


def test_an_answer_graded_by_hand_waits_until_a_person_has_graded_it(course):
    with gradebook_of(course.root) as gradebook:
        gradebook.add_grade_cell("board", "second", ASSIGNMENT, max_score=4, cell_type="markdown")
        gradebook.add_solution_cell("board", "second", ASSIGNMENT)
    for student in ("ada", "ben", "cleo"):
        course.graded(student, board=0 if student == "cleo" else None, not_tried=["board"] if student == "cleo" else ())
    with gradebook_of(course.root) as gradebook:
        grade = gradebook.find_grade("board", "second", ASSIGNMENT, "ben")
        grade.manual_score, grade.needs_manual_grade = 3, False
        gradebook.db.commit()
    assert course.exercise("board").states == {"not graded yet": 1, "partly right": 1, "not tried": 1}
    facts = course.facts()
    assert [(lab, group.who) for lab, group in facts.by_hand.items()] == [("second", ["ada"])]
    assert sorted(facts.points) == [6, 6, 9]


def test_a_cause_is_counted_once_whatever_its_numbers(course):
    for number, student in enumerate(("ada", "ben", "cleo")):
        message = failed(f"ratio(1.0, {number}) returned 3.", f"Likely cause: shape ({number}, 4) is used. Also: x.")
        course.graded(student, {"test_ratio": message}, test_ratio=0)
    ((text, group),) = course.exercise("test_ratio").causes.items()
    assert (group.num, group.who, group.wording_of(text)) == (3, ["ada", "ben", "cleo"], "shape (…) is used.")


def test_a_number_that_all_messages_share_is_shown(course):
    for student in ("ada", "ben"):
        course.graded(student, {"test_double": failed("No.", "Likely cause: the factor 2 is missing.")}, test_double=0)
    ((text, group),) = course.exercise("test_double").causes.items()
    assert (text, group.wording_of(text)) == ("the factor … is missing.", "the factor 2 is missing.")


def test_one_student_is_one_case_however_many_exercises_did_not_run(course):
    broken = ("SyntaxError", "")
    course.graded("ada", {"double": broken, "ratio": broken}, test_double=0, test_ratio=0)
    course.graded("ben", WRONG, test_double=0)
    ((text, group),) = course.facts().troubles["lab"].items()
    assert (text, group.num, group.who) == ("The answer's cell did not run: SyntaxError.", 1, ["ada"])
    assert list(group.where) == ["double", "ratio"]


def test_labs_that_are_untouched_missing_or_set_aside_are_named(course):
    course.graded("ada", **NONE, not_tried=["double", "ratio", "triple"], without=["second"])
    course.graded("ben", {"test_triple": ("NameError", "triple")}, test_triple=0)
    course.write("submitted", "ben", "lab.ipynb", "")
    (course.root / "submitted" / "ben" / f"{ASSIGNMENT}.set-aside").mkdir()
    (course.root / "submitted" / "ben" / f"{ASSIGNMENT}.set-aside" / "second.ipynb").symlink_to("/etc/passwd")
    facts = course.facts()
    named = {lab: [(text[:24], group.who) for text, group in found.items()] for lab, found in facts.troubles.items()}
    assert named == {
        "lab": [("The lab is untouched: it", ["ada"])],
        "second": [("This lab was not handed ", ["ada"]), ("The notebook was set asi", ["ben"])],
    }
    assert (facts.labs[1].without, len(facts.labs[1].points)) == (1, 1)


def _no_notebook(course):
    course.write("submitted", "eva", "answers.docx", "x")


def _renamed(course):
    course.write("submitted", "eva", "lab (1).ipynb", '{"cells": []}')


def _truncated(course):
    course.write("submitted", "eva", "lab.ipynb", '{"cells": [')


def _fifo(course):
    path = course.write("submitted", "eva", "lab.ipynb", "")
    path.unlink()
    os.mkfifo(path)


def _no_time(course):
    course.write("submitted", "eva", "lab.ipynb", '{"cells": []}')
    course.write("submitted", "eva", "timestamp.txt", "soon")


def _not_yet(course):
    course.write("submitted", "eva", "lab.ipynb", '{"cells": []}')


def _a_file(course):
    (course.root / "submitted").mkdir()
    (course.root / "submitted" / "eva").write_text("x")


def _too_high(course):
    (course.root / "submitted" / "eva").mkdir(parents=True)
    (course.root / "submitted" / "eva" / "lab.ipynb").write_text('{"cells": []}')


def _in_the_gradebook_alone(course):
    course.graded("eva", test_ratio=None)


@pytest.mark.parametrize(
    "hand_in, reason, who",
    [
        (_no_notebook, "It contains no notebook.", "eva (answers.docx)"),
        (_renamed, "No notebook has the name of a lab.", "eva (lab (1).ipynb)"),
        (_truncated, "A notebook cannot be read.", "eva (lab.ipynb)"),
        (_fifo, "A notebook cannot be read.", "eva (lab.ipynb)"),
        (_no_time, "timestamp.txt contains no time.", "eva"),
        (_not_yet, "It has not been graded yet.", "eva"),
        (_too_high, "The work is in the wrong folder, or packed. Next step: autograde, which names the folder.", "eva"),
        (_a_file, "It is not a folder.", "eva"),
        (_in_the_gradebook_alone, "The gradebook knows of it, but it is no longer in submitted/.", "eva"),
    ],
)
def test_every_submission_that_is_not_graded_is_named_with_the_reason(course, hand_in, reason, who):
    course.graded("ada")
    hand_in(course)
    facts = course.facts()
    assert {text: group.who for text, group in facts.ungraded.items()} == {reason: [who]}
    assert (facts.num_handed_in, facts.num_students, len(facts.points)) == (2, 2, 1)


@pytest.mark.parametrize("with_names", [True, False])
def test_a_file_beside_what_is_graded_is_named(course, with_names):
    course.graded("ada")
    course.write("submitted", "ada", "lab.ipynb", '{"cells": []}')
    course.write("submitted", "ada", "work.zip", "PK")
    course.write("submitted", "ada", "ada (1).ipynb", '{"cells": []}')
    files = {text: group.who for text, group in course.facts(with_names).files.items()}
    packed = "A file was not unpacked, and not graded"
    if with_names:
        assert files[f"{packed}. Next step: unpack it, and look into it."] == ["ada (work.zip)"]
        assert ["ada (ada (1).ipynb)"] in files.values()
    else:
        assert files == {"A file was not graded.": [], f"{packed}.": []}


@pytest.mark.parametrize("kind", ["link", "fifo", "too large", "not JSON", "no cells", "deep"])
def test_a_graded_notebook_that_cannot_be_read_safely_is_named_and_the_others_are_read(course, tmp_path, kind):
    course.graded("ada", WRONG, test_double=0)
    course.graded("ben", WRONG, test_double=0)
    path = course.root / "autograded" / "ada" / ASSIGNMENT / "lab.ipynb"
    text = path.read_text()
    path.unlink()
    if kind == "link":
        (tmp_path / "elsewhere.ipynb").write_text(text)
        path.symlink_to(tmp_path / "elsewhere.ipynb")
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "too large":
        path.write_text(text)
        os.truncate(path, MAX_NOTEBOOK_BYTES + 1)
    else:
        path.write_text({"not JSON": "{", "no cells": "{}", "deep": '{"x": ' + "[" * 100_000}[kind])
    facts = course.facts()
    ((reason, group),) = facts.troubles["lab"].items()
    assert (reason, group.who) == ("The graded notebook cannot be read.", ["ada"])
    assert [group.who for group in facts.labs[0].exercises[0].causes.values()] == [["ben"]]


def test_times_and_points_count_penalties_and_leave_out_whose_time_is_not_known(course):
    course.graded("ada")
    course.graded("ben")
    with gradebook_of(course.root) as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, "ben")
        submission.timestamp = datetime(2026, 11, 4)
        submission.notebooks[0].late_submission_penalty = 2
        gradebook.db.commit()
    facts = course.facts()
    assert (sorted(facts.points), facts.times) == ([4, 6], [(datetime(2026, 11, 4), 4)])
