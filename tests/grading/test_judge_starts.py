"""What a judge starts for a submission: how many sandboxes, and with what loaded."""

import pytest

from grading.judge import serve
from grading.judge.job import CodeCell, Job, NotebookJob, Role
from grading.judge.process import JudgeProcess
from grading.sandbox import Limits

LIMITS, OTHERS = Limits(), Limits(cell_seconds=1)


class Sandbox:
    """Takes note of what is started."""

    def __init__(self) -> None:
        self.started: list[tuple] = []

    def start(self, limits: Limits, modules: tuple[str, ...]):
        self.started.append((limits, modules))
        return self

    def kill(self) -> None:
        pass


@pytest.fixture
def sandbox(monkeypatch) -> Sandbox:
    sandbox = Sandbox()
    monkeypatch.setattr(serve, "find_sandbox", lambda unsafe: sandbox)
    return sandbox


def judge_one(spare: serve.Spare, limits: Limits = LIMITS) -> None:
    spare.take(limits, False, ("labkit.lab_01",))
    spare.prepare()


def test_a_single_submission_starts_one_sandbox_and_those_of_a_class_each_find_one_that_is_started(sandbox):
    spare, counts = serve.Spare(), []
    for _ in range(4):
        judge_one(spare)
        counts.append(len(sandbox.started))
    assert counts == [1, 3, 4, 5]  # with the one that is started for the next


def test_a_sandbox_that_is_started_for_others_is_not_used(sandbox):
    spare = serve.Spare()
    for _ in range(2):
        judge_one(spare)
    spare.take(OTHERS, False, ("labkit.lab_01",))
    assert sandbox.started[-1] == (OTHERS, ("labkit.lab_01",))
    spare.prepare()
    spare.take(OTHERS, False, ("labkit.lab_02",))  # another lab's notebook
    assert sandbox.started[-1] == (OTHERS, ("labkit.lab_02",))


def test_what_a_submission_needs_is_loaded_before_its_own_code_and_what_others_need_is_not():
    """So a folder that is handed in, wherever it is put in the path, is not what a locked cell imports."""
    first = (
        "import re, sys\nsys.path.insert(0, '')\n"
        "print(sorted(name for name in sys.modules if re.fullmatch('labkit.lab_..|mini_vllm.generation_tag', name)))"
    )
    provided = "PROVIDED = {'mini_vllm.generation_tag'}"  # which lab_03 does not import
    locked = CodeCell("setup", f"from labkit import lab_03\n{provided}\nprint(lab_03.__file__)", Role.LOCKED)
    cells = [CodeCell("first", first, Role.STUDENT), locked]
    judge = JudgeProcess()
    try:
        verdict = judge.judge(
            Job({"lab": NotebookJob(cells, [locked])}, {"labkit/lab_03/__init__.py": b"", "labkit/__init__.py": b""})
        )
    finally:
        judge.close()
    loaded, imported = (outputs[0]["text"] for outputs in verdict.outputs["lab"])
    assert loaded == "['labkit.lab_03', 'mini_vllm.generation_tag']\n"
    assert imported.endswith("/labkit/lab_03/__init__.py\n") and not imported.startswith("/tmp")
