"""The judge comes to the verdicts of the notebooks' own test cells, on answers to every exercise of every lab."""

import random
import sys
from pathlib import Path

import nbformat
import pytest

sys.path.append(str(Path(__file__).parents[1] / "labs"))

from answers import Answer
from lab_cells import LABS, Lab

from grading.judge.job import Job, NotebookJob, Role
from grading.judge.process import JudgeProcess
from grading.steps.execute import code_cells

EACH_LAB = pytest.mark.parametrize("lab", LABS, ids=[lab.name for lab in LABS])


def chosen(lab: Lab) -> list[Answer]:
    """A right and a wrong answer to each exercise, always the same ones, and those that change what both sides hold."""
    choice = random.Random(lab.name)
    groups = [
        [answer for answer in lab.answers if answer.exercise == exercise and answer.is_right == is_right]
        for exercise in lab.solutions
        for is_right in (True, False)
    ]
    changing = [answer for answer in lab.answers if "in place" in answer.name or "global" in answer.name]
    return changing + [answer for group in groups for answer in choice.sample(group, 1)]


def cells_with(lab: Lab, answer: Answer | None):
    notebook = nbformat.read(lab.path, as_version=4)
    demonstrations = {cell.source for cell in notebook.cells if "nbgrader" not in cell.metadata}
    for cell in notebook.cells:
        if answer is not None and cell.metadata.get("nbgrader", {}).get("grade_id") == answer.exercise:
            cell.source = answer.code
    return code_cells(notebook, demonstrations)


def failed(cells, outputs) -> set[str]:
    """The test cells that the judge found to fail."""
    tests = [(cell.name, shown) for cell, shown in zip(cells, outputs, strict=True) if cell.role == Role.TEST]
    return {name for name, shown in tests if any(output["output_type"] == "error" for output in shown)}


def demonstrations_run(cells, outputs) -> list[str]:
    return [cell.name for cell, shown in zip(cells, outputs) if cell.role == Role.DEMONSTRATION and shown]


@pytest.fixture(scope="module")
def server():
    server = JudgeProcess()
    yield server
    server.close()


@EACH_LAB
@pytest.mark.parametrize("tried", ["one wrong", pytest.param("right and wrong ones", marks=pytest.mark.slow)])
def test_the_judge_agrees_with_the_test_cells_about_right_and_wrong_answers(lab, server, tried):
    answers = chosen(lab)[-1:] if tried == "one wrong" else [None, *chosen(lab)]
    notebooks = {str(number): cells_with(lab, answer) for number, answer in enumerate(answers)}
    verdict = server.judge(
        Job({k: NotebookJob(v, [c for c in v if c.role == Role.LOCKED]) for k, v in notebooks.items()})
    )
    assert verdict.faults == {}
    for number, answer in enumerate(answers):
        expected = lab.messages() if answer is None else lab.messages(**{answer.exercise: answer.code})
        judged = failed(notebooks[str(number)], verdict.outputs[str(number)])
        assert judged == {test for test, message in expected.items() if message}, answer
        # What a lab's answers and tests need is in its locked cells; so grading is quick.
        if answer is None or tried == "one wrong":
            assert demonstrations_run(notebooks[str(number)], verdict.outputs[str(number)]) == [], answer
