"""The tests of lab 01's tests: its real cells, run on right and wrong answers."""

import pytest
from lab_cells import Lab

from grading.answers.lab_01 import ANSWERS

LAB = Lab.read("phase-00-foundations/lab-01-kv-cache-speedup.ipynb")


def named(answers):
    return [pytest.param(answer, id=f"{answer.exercise}-{answer.name.replace(' ', '_')}") for answer in answers]


def test_the_reference_passes_every_test_cell():
    assert set(LAB.messages().values()) == {""}


def test_each_test_cell_of_the_untouched_lab_fails_by_itself():
    stub = "raise NotImplementedError()"
    untouched = {name: stub for name in LAB.solutions}
    for name in LAB.solutions:
        if name != "predict":
            untouched[name] = f"def {name}(*args):\n    {stub}"
    messages = LAB.messages(**untouched)
    assert all(messages.values())
    assert all("not written yet" in text or "not set yet" in text for text in messages.values())


@pytest.mark.parametrize("answer", named(a for a in ANSWERS if a.is_right))
def test_a_right_answer_keeps_all_points(answer):
    assert set(LAB.messages(**{answer.exercise: answer.code}).values()) == {""}


@pytest.mark.parametrize("answer", named(a for a in ANSWERS if not a.is_right))
def test_a_wrong_answer_loses_its_own_exercise_and_the_message_names_the_mistake(answer):
    messages = LAB.messages(**{answer.exercise: answer.code})
    failed = {LAB.exercise_of[test] for test, message in messages.items() if message}
    assert failed == {answer.exercise}
    (message,) = filter(None, messages.values())
    assert answer.message in message
    assert "Next step:" in message


def test_a_message_of_a_hidden_test_gives_no_answer_away():
    hard_coded = next(a for a in ANSWERS if a.exercise == "work_without_cache" and a.name == "hard-coded")
    message = LAB.messages(work_without_cache=hard_coded.code)["correct_work_without_cache"]
    assert not any(character.isdigit() for character in message)


def test_every_exercise_has_three_right_answers_and_the_known_mistakes():
    for exercise in set(LAB.solutions) - {"predict"}:
        assert sum(a.is_right for a in ANSWERS if a.exercise == exercise) >= 3
        assert sum(not a.is_right for a in ANSWERS if a.exercise == exercise) >= 8


def test_the_lab_is_worth_20_automatic_points():
    assert sum(LAB.points.values()) == 20
