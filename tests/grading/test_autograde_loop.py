"""The grading loop, with a recorder and judges that are made up: it is the order of events that is tested."""

from concurrent.futures import Future
from pathlib import Path

from grading.autograde.grade import Grading
from grading.autograde.submissions import Submission


class MadeUpRecorder:
    """Cannot prepare a submission whose student's name begins with "bad"."""

    def prepare(self, submission):
        if submission.student.startswith("bad"):
            raise ValueError("cannot be read")
        return MadeUpPrepared(submission.student)

    def record(self, submission, prepared, verdict):
        return [] if prepared else ["cannot be read"]


class MadeUpPrepared:
    def __init__(self, job) -> None:
        self.job = job


class MadeUpVerdict:
    faults = {}


class MadeUpPool:
    num_workers = 2

    def __init__(self) -> None:
        self._done = []

    def submit(self, job):
        future = Future()
        future.set_result(MadeUpVerdict())
        self._done.append(future)
        return future

    def finished(self):
        done, self._done = self._done, []
        return done


def test_good_submissions_behind_unreadable_ones_are_graded():
    """The loop once ended when a whole batch could not be prepared, and said nothing of the rest."""
    students = ["bad-1", "bad-2", "bad-3", "bad-4", "good-1", "bad-5", "good-2"]
    told = []
    grading = Grading(MadeUpRecorder(), MadeUpPool(), lambda so_far: told.append(so_far.num_done))
    grading.run([Submission(student, Path(student), "new") for student in students])
    assert grading.graded == ["good-1", "good-2"]
    assert grading.num_done == len(told) == len(students)
    assert grading.notes["bad-5"] == ["cannot be read"]
