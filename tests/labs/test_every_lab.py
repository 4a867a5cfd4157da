"""What the contract of a lab promises, held on every lab: its real cells, run on right and wrong answers."""

import random
import re

import pytest
from lab_cells import LABS, Lab

EACH_LAB = pytest.mark.parametrize("lab", LABS, ids=[lab.name for lab in LABS])

QUICK = ("lab-02", "lab-06")  # one of each phase, whose cells take little time

# To each exercise, so many right and wrong answers are fast tests, always the same ones; the others are slow tests.
# Of the wrong ones, those that only a hidden test refuses come first.
FAST = {True: 2, False: 4}


def passes_visible_tests(answer) -> bool:
    """Whether it is known, by its name or its message, that only a hidden test refuses the answer."""
    return bool(re.search("hard|visible", answer.name)) or "wrong for" in (answer.message or "")


def answers(is_right: bool):
    """Every collected answer of that kind, with its lab."""
    found = []
    for lab in LABS:
        for exercise in lab.solutions:
            own = [answer for answer in lab.answers if answer.exercise == exercise and answer.is_right == is_right]
            shuffled = random.Random(f"{lab.name} {exercise}").sample(own, len(own))
            fast = sorted(shuffled, key=passes_visible_tests, reverse=True)[: FAST[is_right]]
            for answer in own:
                marks = () if answer in fast else (pytest.mark.slow,)
                name = f"{lab.name}-{answer.exercise}-{answer.name.replace(' ', '_')}"
                found.append(pytest.param(lab, answer, id=name, marks=marks))
    return pytest.mark.parametrize("lab, answer", found)


@EACH_LAB
def test_the_reference_passes_every_test_cell(lab: Lab):
    assert set(lab.messages().values()) == {""}


@EACH_LAB
def test_each_test_cell_of_the_untouched_lab_fails_by_itself(lab: Lab):
    messages = lab.messages(tests=lab.tests, **{name: lab.untouched(name) for name in lab.solutions})
    assert [name for name, message in messages.items() if not message] == []
    assert [m for m in messages.values() if "not written yet" not in m and "not defined yet" not in m] == []
    assert [m for m in messages.values() if "Next step: " not in m] == []


@answers(is_right=True)
def test_a_right_answer_keeps_all_points(lab, answer):
    assert set(lab.messages(**{answer.exercise: answer.code}).values()) == {""}


@answers(is_right=False)
def test_a_wrong_answer_loses_its_own_exercise_and_the_message_names_the_mistake(lab, answer):
    may_suffer = [other for other in lab.solutions if answer.exercise in lab.built_on(other)]
    messages = lab.messages(skip=may_suffer, **{answer.exercise: answer.code})
    failed = {test: message for test, message in messages.items() if message}
    assert {lab.exercise_of[test] for test in failed} == {answer.exercise}
    assert any(answer.message in message for message in failed.values()), failed
    assert all("Next step:" in message for message in failed.values())


@EACH_LAB
def test_every_exercise_has_three_right_answers_and_eight_mistakes(lab: Lab):
    for exercise in set(lab.solutions) - {"predict"}:
        own = [answer for answer in lab.answers if answer.exercise == exercise]
        assert sum(answer.is_right for answer in own) >= 3, exercise
        assert sum(not answer.is_right for answer in own) >= 8, exercise


@EACH_LAB
def test_every_answer_is_to_an_exercise_that_there_is_and_has_a_name_of_its_own(lab: Lab):
    names = [(answer.exercise, answer.name) for answer in lab.answers]
    assert {exercise for exercise, _ in names} == set(lab.solutions)
    assert len(set(names)) == len(names)


@EACH_LAB
def test_a_lab_is_worth_20_automatic_and_4_manual_points(lab: Lab):
    assert sum(lab.points.values()) == 20
    assert lab.manual_points == 4


@EACH_LAB
def test_a_lab_runs_with_nothing_on_stderr_and_draws_two_plots(lab: Lab, executed):
    outputs = executed(lab.name).outputs
    assert [output for output in outputs if output.get("name") == "stderr" or output.output_type == "error"] == []
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 2


@EACH_LAB
def test_every_number_in_the_prose_stands_in_a_cell_or_comes_out_of_one(lab: Lab, executed):
    """Numbers of a lab's facts: those with a comma, a decimal point or three digits."""
    cells = executed(lab.name).notebook.cells
    said = "\n".join(c.source for c in cells if c.cell_type == "code") + executed(lab.name).all_printed
    known = {float(number.replace(",", "").replace("_", "")) for number in re.findall(r"\d[\d,_]*(?:\.\d+)?", said)}
    for cell in cells:
        # Not a year, a section of a paper, or a part of an address.
        prose = re.sub(r"\]\(.*?\)|\(\d{4}\)|sections? [\d.]+", "", cell.source) if cell.cell_type == "markdown" else ""
        for text in re.findall(r"(?<![\w.,])(?:\d{3,}|\d[\d,]*,\d{3}|\d+\.\d+)(?!\w)", prose):
            number, decimals = float(text.replace(",", "")), len(text.partition(".")[2])
            is_known = any(abs(value - number) < 10**-decimals for value in known)  # it may be rounded
            assert is_known, f"{cell.id} says {text}"


@pytest.mark.parametrize(
    "lab",
    [pytest.param(lab, id=lab.name, marks=() if lab.name in QUICK else pytest.mark.slow) for lab in LABS],
)
def test_an_answer_changes_no_test_cell_that_the_analysis_leaves_out(lab: Lab):
    """The tests above run only the cells that an answer can change; one wrong answer per exercise runs all of them."""
    for exercise in lab.solutions:
        answer = next(answer for answer in lab.answers if answer.exercise == exercise and not answer.is_right)
        others = set(lab.tests) - set(lab.touched(**{exercise: answer.code}))
        assert set(lab.messages(tests=others, **{exercise: answer.code}).values()) <= {""}
