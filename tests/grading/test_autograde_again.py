"""Handed in late, handed in again, graded by hand, graded anew: what stock nbgrader makes of it, and so do we.

Each step is done to two copies of the course, one graded by nbgrader's own loop and one by our command.
"""

import datetime

import pytest
from autograde_course import autograded, fresh, gradebook_of, hand_in, ours, serial
from nbgrader.api import Gradebook
from register import WRONG, answered
from tiny_course import ASSIGNMENT, Course

pytestmark = pytest.mark.usefixtures("known")
DUE = datetime.datetime(2026, 3, 1, 12)
IN_TIME, LATE, LATER = (f"2026-03-0{day} 12:00:00 UTC" for day in (1, 2, 3))


class Twins:
    """Two copies of the course, to which the same is done."""

    def __init__(self, course: Course, folder) -> None:
        self.serial, self.ours = (fresh(course, folder / name) for name in ("serial", "ours"))
        self.both = (self.serial, self.ours)
        for copy in self.both:
            with (copy.root / "nbgrader_config.py").open("a") as config:
                config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
            with self.gradebook(copy) as gradebook:
                gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)

    def gradebook(self, copy: Course) -> Gradebook:
        return Gradebook(f"sqlite:///{copy.root}/gradebook.db", "mini-vllm")

    def hand_in(self, student: str, timestamp: str | None, **answers: str) -> None:
        for copy in self.both:
            files = {"lab.ipynb": answered(copy, **answers), "second.ipynb": answered(copy, "second")}
            hand_in(copy, student, files, timestamp)

    def grade(self, force: bool = False) -> dict:
        """The gradebook, which is the same in both, as the autograded files are."""
        serial(self.serial, force=force)
        assert ours(self.ours, *(["--force"] if force else [])) == 0
        assert autograded(self.ours) == autograded(self.serial)
        assert gradebook_of(self.ours) == gradebook_of(self.serial)
        return gradebook_of(self.ours)


@pytest.fixture(scope="module")
def twins(course, tmp_path_factory) -> Twins:
    twins = Twins(course, tmp_path_factory.mktemp("twins"))
    twins.hand_in("punctual", IN_TIME)
    twins.hand_in("tardy", LATE)
    twins.hand_in("undated", None)
    return twins


@pytest.fixture(scope="module")
def first(twins) -> dict:
    return twins.grade()


def test_a_late_submission_gets_the_configured_penalty(first):
    assert first["tardy"]["penalties"] == {"lab": 5, "second": 1}
    assert first["punctual"]["penalties"] == first["undated"]["penalties"] == {"lab": None, "second": None}


def test_the_time_of_handing_in_is_on_record(first):
    assert first["punctual"]["timestamp"] == DUE
    assert first["undated"]["timestamp"] is None


def test_what_was_handed_in_again_later_is_graded_again(twins, first):
    twins.hand_in("punctual", LATER, **WRONG)
    again = twins.grade()
    assert again["punctual"]["grades"]["test_double"][0] == 0
    assert again["punctual"]["penalties"] == {"lab": 0, "second": 1}
    assert {name: row for name, row in again.items() if name != "punctual"} == {
        name: row for name, row in first.items() if name != "punctual"
    }


def test_points_given_by_hand_are_kept_and_marked_for_a_second_look(twins, first):
    for copy in twins.both:
        with twins.gradebook(copy) as gradebook:
            grade = gradebook.find_grade("test_ratio", "lab", ASSIGNMENT, "undated")
            grade.manual_score, grade.extra_credit = 2, 1
            comment = gradebook.find_comment("ratio", "lab", ASSIGNMENT, "undated")
            comment.manual_comment = "Well thought."
            gradebook.db.commit()
    assert twins.grade()["undated"]["grades"]["test_ratio"] == (3, 2, 1, False)
    again = twins.grade(force=True)["undated"]
    assert again["grades"]["test_ratio"] == (3, 2, 1, True)
    assert again["comments"]["ratio"] == (None, "Well thought.")


def test_force_and_student_grade_those_and_no_others(twins, first, capsys):
    assert ours(twins.ours, "--force", "--student", "tardy", "--student", "undated") == 0
    assert "2 graded (median 6 points" in capsys.readouterr().out


def test_with_nothing_to_grade_it_says_so(twins, first, capsys):
    assert ours(twins.ours) == 0
    assert capsys.readouterr().out.startswith("0 graded, 3 already graded, unchanged; ")


def test_a_gradebook_made_anew_is_filled_again(twins, first):
    with twins.gradebook(twins.ours) as gradebook:
        gradebook.remove_student("tardy")
    assert ours(twins.ours) == 0
    assert gradebook_of(twins.ours)["tardy"] == first["tardy"]


def test_a_folder_that_was_half_cleared_for_a_newer_submission_is_graded(twins, first):
    hand_in(twins.ours, "undated", {"lab.ipynb": answered(twins.ours, **WRONG)}, LATER)  # the old one is without a time
    assert ours(twins.ours) == 0
    assert gradebook_of(twins.ours)["undated"]["grades"]["test_ratio"][0] == 0


def test_files_that_were_not_yet_write_protected_are(twins, first):
    path = twins.ours.root / "autograded" / "tardy" / ASSIGNMENT / "lab.ipynb"
    path.chmod(0o644)
    assert ours(twins.ours) == 0
    assert path.stat().st_mode & 0o777 == 0o444


def test_a_gradebook_that_lacks_some_points_is_completed(twins, first):
    """As one is that was brought back from a copy made in the middle of a run."""
    with twins.gradebook(twins.ours) as gradebook:
        gradebook.find_grade("test_double", "lab", ASSIGNMENT, "tardy").auto_score = None
        gradebook.db.commit()
    assert ours(twins.ours) == 0
    assert gradebook_of(twins.ours)["tardy"]["grades"]["test_double"][0] == 2


def test_what_is_handed_in_again_while_it_is_judged_is_judged_again(twins, monkeypatch):
    """The first notebook's points would be on record under the second one's time, and stay there."""
    from grading.autograde import record

    twins.hand_in("hasty", IN_TIME)
    prepare, times = record.Recorder.prepare, iter([LATE])

    def prepare_and_change(recorder, submission):
        prepared = prepare(recorder, submission)
        for timestamp in times:
            hand_in(twins.ours, "hasty", {"lab.ipynb": answered(twins.ours, **WRONG)}, timestamp)
        return prepared

    monkeypatch.setattr(record.Recorder, "prepare", prepare_and_change)
    assert ours(twins.ours, "--student", "hasty") == 0
    hasty = gradebook_of(twins.ours)["hasty"]
    assert (hasty["grades"]["test_double"][0], hasty["grades"]["test_triple"][0]) == (0, 0)
    assert hasty["timestamp"] == DUE + datetime.timedelta(days=1)
