"""A verdict depends on the submission alone, not on what the judge has judged before, or has loaded for that."""

import pytest

from grading.judge.job import CodeCell, Job, NotebookJob, Role
from grading.judge.process import JudgeProcess

IMPORTS_IN_A_FUNCTION = """
def {name}(numbers):
    {statement}
    return sum(numbers)
"""
IMPORTS = [
    "from mini_vllm import SamplingParams as _",
    "import mini_vllm.core.block_pool",
    "from labkit.lab_08 import caches as _",
    "from mini_vllm.config import ModelConfig as _",
]


def lab(locked: str, *cells: CodeCell) -> NotebookJob:
    setup = CodeCell("setup", locked, Role.LOCKED)
    return NotebookJob([setup, *cells], [setup])


def importing() -> Job:
    """Exercises whose answers import the course's modules when they are called, in a lab that does not."""
    cells = []
    for number, statement in enumerate(IMPORTS):
        answer = IMPORTS_IN_A_FUNCTION.format(name=f"total_{number}", statement=statement)
        cells.append(CodeCell(f"answer-{number}", answer.strip(), Role.STUDENT))
        cells.append(CodeCell(f"test-{number}", f"assert total_{number}([1, 2]) == 3", Role.TEST))
    loaded = "import sys\nprint(sorted(name for name in sys.modules if name.startswith(('labkit', 'mini_vllm'))))"
    return Job({"lab": lab("import labkit", CodeCell("loaded", loaded, Role.STUDENT), *cells)})


@pytest.fixture(scope="module")
def before_and_after():
    """The same submission, judged before and after one of other labs, by one judge."""
    judge = JudgeProcess()
    try:
        before = judge.judge(importing())
        judge.judge(Job({"lab": lab("from labkit import lab_05, lab_07\nfrom mini_vllm import LLM, SamplingParams")}))
        yield before, judge.judge(importing())
    finally:
        judge.close()


def test_a_submission_of_another_lab_changes_nothing(before_and_after):
    before, after = before_and_after
    assert before == after


def test_an_answer_may_import_the_engine_when_it_is_called(before_and_after):
    _, loaded, *outputs = before_and_after[0].outputs["lab"]
    assert "mini_vllm.sampling_params" not in loaded[0]["text"]
    assert outputs == [[]] * len(outputs)
