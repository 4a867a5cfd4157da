"""The grading loop, with a recorder and judges that are made up: it is the order of events that is tested."""

from concurrent.futures import Future
from pathlib import Path

from grading.autograde.grade import Grading
from grading.autograde.record import Changed, Prepared
from grading.autograde.submissions import Submission
from grading.judge.job import Job, NotebookJob, Verdict
from grading.judge.process import JudgeFailed


class MadeUpRecorder:
    """Cannot prepare a submission whose student's name begins with "bad"; a "newer" one is handed in at every look."""

    def prepare(self, submission: Submission) -> Prepared:
        if submission.student.startswith("bad"):
            raise ValueError("cannot be read")
        return Prepared(Job({submission.student: NotebookJob([], [])}), {}, [], {}, [])

    def record(self, submission: Submission, prepared: Prepared, verdict: Verdict) -> None:
        if submission.student.startswith("newer"):
            raise Changed
        if submission.student.startswith("broken"):
            raise RuntimeError("nobody expected it")

    def record_failure(self, submission: Submission) -> None:
        pass


class MadeUpPool:
    """In a submission of a student called "slow" a test times out, in that of "busy" if others are judged as well."""

    num_workers = 2

    def __init__(self) -> None:
        self._waiting: list[tuple[Future, Job]] = []
        self.batches: list[list[str]] = []

    def submit(self, job: Job) -> Future:
        self._waiting.append((Future(), job))
        return self._waiting[-1][0]

    def finished(self) -> list[Future]:
        batch, self._waiting = self._waiting, []
        self.batches.append([name for _, job in batch for name in job.notebooks])
        for future, job in batch:
            (name,) = job.notebooks
            if name.startswith("lost"):
                future.set_exception(JudgeFailed("The judge process has ended."))
            elif name.startswith("slow") or (name.startswith("busy") and len(batch) > 1):
                future.set_result(Verdict({}, timed_out={"lab": ["test-sum"]}, starved=True))
            else:
                future.set_result(Verdict({}))
        return [future for future, _ in batch]


def graded(*students: str) -> tuple[Grading, MadeUpPool]:
    told, pool = [], MadeUpPool()
    grading = Grading(MadeUpRecorder(), pool, lambda so_far: told.append(so_far.num_done))
    grading.run([Submission(student, Path(student), "new") for student in students])
    assert told == list(range(1, len(students) + 1))
    without_points = set(students) - set(grading.graded)
    assert all(grading.notes[student] for student in without_points), "somebody is not graded, and nobody says why"
    return grading, pool


def test_good_submissions_behind_unreadable_ones_are_graded():
    """The loop once ended when a whole batch could not be prepared, and said nothing of the rest."""
    grading, _ = graded("bad-1", "bad-2", "bad-3", "bad-4", "good-1", "bad-5", "good-2")
    assert grading.graded == ["good-1", "good-2"]
    assert grading.notes["bad-5"] == ["cannot be read"]


def test_what_timed_out_beside_others_is_judged_once_more_alone_and_last():
    grading, pool = graded("busy", "good-1", "slow", "good-2", "good-3")
    assert pool.batches[-2:] == [["busy"], ["slow"]]
    assert grading.graded == ["good-1", "good-2", "good-3", "busy", "slow"]
    assert grading.notes["busy"] == []
    assert grading.notes["slow"] == ["lab: test-sum timed out"]


def test_what_timed_out_alone_is_not_judged_again():
    grading, pool = graded("slow")
    assert pool.batches == [["slow"]]
    assert grading.graded == ["slow"]


def test_who_hands_in_again_all_the_time_is_not_graded_and_named():
    grading, pool = graded("newer", "good")
    assert pool.batches == [["newer", "good"], ["newer"]]
    assert grading.graded == ["good"]
    assert "again" in grading.notes["newer"][0]


def test_a_judge_that_breaks_and_an_error_that_nobody_expected_cost_one_submission():
    grading, _ = graded("lost", "broken", "good")
    assert grading.graded == ["good"]
    assert grading.notes["lost"] == ["The judge process has ended."]
    assert grading.notes["broken"] == ["RuntimeError: nobody expected it"]
