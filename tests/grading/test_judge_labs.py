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


def rounds(lab: Lab) -> list[list[Answer]]:
    """The chosen answers, as many in one notebook as can be told apart: no test cell depends on two wrong ones."""
    found: list[list[Answer]] = []
    for answer in chosen(lab):
        room = (others for others in found if all(are_apart(lab, answer, other) for other in others))
        round_ = next(room, None)
        if round_ is None:
            found.append(round_ := [])
        round_.append(answer)
    return found


def are_apart(lab: Lab, one: Answer, other: Answer) -> bool:
    if one.is_right and other.is_right:
        return one.exercise != other.exercise
    touched = (set(lab.touched(**{answer.exercise: answer.code})) for answer in (one, other))
    return one.exercise != other.exercise and not set.intersection(*touched)


def cells_with(lab: Lab, *answers: Answer):
    notebook = nbformat.read(lab.path, as_version=4)
    demonstrations = {cell.source for cell in notebook.cells if "nbgrader" not in cell.metadata}
    given = {answer.exercise: answer.code for answer in answers}
    for cell in notebook.cells:
        cell.source = given.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    return code_cells(notebook, demonstrations)


def failed(cells, outputs) -> set[str]:
    """The test cells that the judge found to fail."""
    tests = [(cell.name, shown) for cell, shown in zip(cells, outputs, strict=True) if cell.role == Role.TEST]
    return {name for name, shown in tests if any(output["output_type"] == "error" for output in shown)}


def demonstrations_run(cells, outputs) -> list[str]:
    return [cell.name for cell, shown in zip(cells, outputs) if cell.role == Role.DEMONSTRATION and shown]


def notebook_job(cells) -> NotebookJob:
    return NotebookJob(cells, [cell for cell in cells if cell.role == Role.LOCKED])


def assert_agrees(lab: Lab, answers: list[Answer], cells, outputs) -> None:
    """The judge finds the test cells to fail that say something when this process runs them."""
    expected = lab.messages(**{answer.exercise: answer.code for answer in answers})
    assert failed(cells, outputs) == {test for test, message in expected.items() if message}, answers


@pytest.fixture(scope="module")
def one_wrong(judge):
    """By lab, its cells with one wrong answer; and the verdict on all of them, as one submission."""
    notebooks = {lab.name: cells_with(lab, chosen(lab)[-1]) for lab in LABS}
    return notebooks, judge.judge(Job({name: notebook_job(cells) for name, cells in notebooks.items()}))


@EACH_LAB
def test_the_judge_agrees_with_the_test_cells_about_a_wrong_answer(lab, one_wrong):
    notebooks, verdict = one_wrong
    cells, outputs = notebooks[lab.name], verdict.outputs[lab.name]
    assert_agrees(lab, chosen(lab)[-1:], cells, outputs)
    assert verdict.faults.get(lab.name, []) == []
    # What a lab's answers and tests need is in its locked cells; so grading is quick.
    assert demonstrations_run(cells, outputs) == []


@pytest.mark.slow
@EACH_LAB
def test_the_judge_agrees_with_the_test_cells_about_right_and_wrong_answers(lab, judge):
    tried = [[], *rounds(lab)]
    notebooks = {str(number): cells_with(lab, *answers) for number, answers in enumerate(tried)}
    verdict = judge.judge(Job({name: notebook_job(cells) for name, cells in notebooks.items()}))
    assert verdict.faults == {}
    for number, answers in enumerate(tried):
        cells, outputs = notebooks[str(number)], verdict.outputs[str(number)]
        assert_agrees(lab, answers, cells, outputs)
        if not answers:
            assert demonstrations_run(cells, outputs) == []
