"""Judge processes are kept, replaced when they are gone, and never started after the end; with made-up processes."""

import threading

import pytest

from grading import judges
from grading.judge.job import Job, Verdict
from grading.judge.process import JudgeFailed

JOB = Job({})


class MadeUpProcess:
    """Judges; `dies` and `fails` say what the next call of any of them does instead."""

    dies = fails = 0
    started: list["MadeUpProcess"] = []

    def __init__(self) -> None:
        self.started.append(self)
        self._is_alive = True
        self.all_at_work = threading.Barrier(1)
        self.num_at_once = self.most_at_once = 0

    def judge(self, job: Job) -> Verdict:
        self.num_at_once += 1
        self.most_at_once = max(self.most_at_once, self.num_at_once)
        self.all_at_work.wait(10)
        self.num_at_once -= 1
        if type(self).dies:
            type(self).dies -= 1
            self._is_alive = False
        if type(self).fails:
            type(self).fails -= 1
            raise JudgeFailed("no sandbox")
        if not self._is_alive:
            raise JudgeFailed("The judge process has ended")
        return Verdict({})

    def is_alive(self) -> bool:
        return self._is_alive

    def close(self) -> None:
        self._is_alive = False


@pytest.fixture
def some_judges(monkeypatch):
    monkeypatch.setattr(MadeUpProcess, "started", [])
    monkeypatch.setattr(judges, "JudgeProcess", MadeUpProcess)
    return judges.Judges()


def test_one_process_judges_one_submission_after_the_other(some_judges):
    for _ in range(3):
        some_judges.judge(JOB)
    assert len(MadeUpProcess.started) == 1


def test_as_many_processes_as_judge_at_once(some_judges, monkeypatch):
    barrier = threading.Barrier(2)
    start = MadeUpProcess.__init__

    def waits_for_the_other(self):
        start(self)
        self.all_at_work = barrier

    monkeypatch.setattr(MadeUpProcess, "__init__", waits_for_the_other)
    for _ in range(2):
        threads = [threading.Thread(target=some_judges.judge, args=(JOB,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [process.most_at_once for process in MadeUpProcess.started] == [1, 1]


def test_a_submission_whose_process_is_gone_is_judged_once_more_in_a_new_one(some_judges, monkeypatch):
    some_judges.judge(JOB)
    monkeypatch.setattr(MadeUpProcess, "dies", 1)
    assert some_judges.judge(JOB) == Verdict({})
    assert len(MadeUpProcess.started) == 2


def test_a_submission_that_ends_two_processes_is_given_up_and_the_next_is_judged(some_judges, monkeypatch):
    monkeypatch.setattr(MadeUpProcess, "dies", 2)
    with pytest.raises(JudgeFailed, match="has ended"):
        some_judges.judge(JOB)
    assert some_judges.judge(JOB) == Verdict({})


def test_what_a_living_process_says_is_not_asked_again(some_judges, monkeypatch):
    monkeypatch.setattr(MadeUpProcess, "fails", 1)
    with pytest.raises(JudgeFailed, match="no sandbox"):
        some_judges.judge(JOB)
    some_judges.judge(JOB)
    assert len(MadeUpProcess.started) == 1


def test_after_the_end_none_is_started(some_judges):
    some_judges.judge(JOB)
    some_judges.close()
    with pytest.raises(JudgeFailed, match="Grading was stopped"):
        some_judges.judge(JOB)
    assert [process.is_alive() for process in MadeUpProcess.started] == [False]
