"""The facts of lab 05, by formula, by the engine, and as its cells print them."""

import re

import pytest
from answers.lab_05 import ANSWERS
from lab_cells import Lab

from labkit.lab_05.engines import add_requests, new_engine

LAB = Lab.read("phase-01-engine/lab-05-engine-step.ipynb")


def code_of(exercise: str, name: str) -> str:
    (answer,) = [answer for answer in ANSWERS if (answer.exercise, answer.name) == (exercise, name)]
    return answer.code


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-05")


def test_wrong_answers_get_messages_of_their_own():
    """No two mistakes of one exercise share a message, unless one is the other in another form."""
    for exercise in set(LAB.solutions) - {"predict"}:
        messages = [answer.message for answer in ANSWERS if answer.exercise == exercise and not answer.is_right]
        assert len(set(messages)) >= 15, exercise


@pytest.mark.parametrize(
    ("exercise", "name", "test"),
    [
        ("num_tokens_to_compute", "a fixed budget", "correct_num_tokens_to_compute"),
        ("is_sampled", "right for short requests only", "correct_is_sampled"),
        ("finish_reason", "a fixed context", "correct_finish_reason"),
        ("engine_step", "wrong after a preemption", "correct_engine_step"),
    ],
)
def test_a_message_of_a_hidden_test_gives_no_answer_away(exercise, name, test):
    message = LAB.messages(tests=[test], **{exercise: code_of(exercise, name)})[test]
    assert message and not any(character.isdigit() for character in message)


def test_a_step_that_calls_a_broken_is_sampled_is_told_so_and_one_that_calls_nothing_keeps_its_points():
    broken = {"is_sampled": code_of("is_sampled", "always")}
    calls = code_of("engine_step", "with is_sampled of exercise 2")
    message = LAB.messages(tests=["correct_engine_step"], engine_step=calls, **broken)["correct_engine_step"]
    assert "at every chunk" in message and "your is_sampled does not pass its own test yet" in message
    alone = code_of("engine_step", "by the gap")
    assert LAB.messages(tests=["correct_engine_step"], engine_step=alone, **broken) == {"correct_engine_step": ""}


@pytest.mark.parametrize(
    ("prompt_len", "budget", "new_tokens"), [(100, 16, 8), (96, 16, 3), (97, 16, 1), (5, 16, 4), (7, 1, 2), (17, 8, 1)]
)
def test_the_engine_takes_the_steps_of_the_formula(prompt_len, budget, new_tokens):
    """ceil(P / b) steps to the first token, one for each further one; the last sampled token is never computed."""
    engine, first = new_engine(max_num_batched_tokens=budget), None
    add_requests(engine, {"a": (prompt_len, new_tokens)})
    while engine.has_unfinished_requests():
        if engine.step() and first is None:
            first = engine.stats.num_steps
    assert first == -(-prompt_len // budget)
    assert engine.stats.num_steps == first + new_tokens - 1
    assert engine.stats.num_tokens_processed == prompt_len + new_tokens - 1


def test_the_predictions_are_answered(lab):
    said = lab.printed("plot-race")
    assert "steps: you guessed 15, it is 14" in said
    assert "steps with a preemption: you guessed 30, it is 20" in said
    assert "reaches num_tokens in step 7" in said


def test_a_preempted_request_keeps_its_tokens_and_samples_none_of_them_again(lab):
    _, preempted = lab.printed("plot-race").split("preempted (S")
    rows = {line.split()[0]: line.split()[1:] for line in preempted.splitlines() if line[:1].isalpha()}
    assert rows["computes"][10:18] == ["1", "16", "16", "16", "16", "16", "16", "9"]
    assert rows["known"][10:18] == ["105"] * 7 + ["106"]
    assert len(rows["sampled"]) == 8


def test_the_students_step_serves_the_stream_as_the_engine_does(lab):
    said = lab.printed("test-engine-step-in-the-engine")
    assert re.search(r"^10 requests, \d+ tokens: the same as the engine's own\.$", said, re.M)
    counters = {name: (own, yours) for name, own, yours in re.findall(r"^(num_\w+) +([\d,]+) +([\d,]+)$", said, re.M)}
    assert len(counters) == 3 and all(own == yours for own, yours in counters.values())
    assert int(counters["num_preemptions"][0]) > 3


def test_three_requests_share_the_budget_and_a_prompt_can_end_with_a_chunk_of_one(lab):
    said = lab.printed("plot-shared-budget")
    words = " ".join(said.split())
    assert re.search(r"^b: 20 prompt, 8 new +0 +0 +4 +15 +1S", said, re.M)
    assert "b gets its first token in step 5" in words and "6 of 16 steps use the whole budget" in words


def test_a_counter_that_is_too_low_costs_work_and_one_that_is_too_high_costs_the_answer(lab):
    found = re.findall(r"^(.+?): +(\d+) passed, +(\d+) sampled: (.*)$", lab.printed("break-it"), re.M)
    lines = {name: (int(passed), int(sampled), text) for name, passed, sampled, text in found}
    passed, sampled, text = lines["the truth"]
    assert (passed, sampled) == (37, 8)
    assert lines["1 too low"] == (38, 8, text)
    assert lines["1 too high"][0] == 36 and lines["8 too high"][0] == 29
    assert text not in (lines["1 too high"][2], lines["8 too high"][2])
    assert lines["finish left out"][1] > 8
    assert "refused: a token of 'b' was sampled after 3 of its 12 known tokens." in lab.printed("break-it")


def test_the_students_rules_agree_with_the_engines_counters(lab):
    said = lab.printed("meet-the-engine")
    assert re.findall(r"^ +\d+ +\d+ +\d+ +(\d+, \d+) +\1$", said, re.M) == ["7, 14", "2, 9", "1, 3", "4, 4"]
    reasons = re.findall(r"\b([a-j])=(\w+)/(\w+)", said)
    assert len(reasons) == 10 and all(yours == own for _, yours, own in reasons)
    assert {own for _, _, own in reasons} == {"stop", "length"}


def test_no_printed_line_is_wider_than_a_page(lab):
    printed = "".join(lab.printed(cell.id) for cell in lab.notebook.cells if cell.cell_type == "code")
    assert [line for line in printed.splitlines() if len(line) > 95 and "/" not in line] == []
