"""The facts of lab 01, as its cells print them."""

import re

import pytest
from answers.lab_01 import ANSWERS
from lab_cells import Lab

LAB = Lab.read("phase-00-foundations/lab-01-kv-cache-speedup.ipynb")


def test_a_message_of_a_hidden_test_gives_no_answer_away():
    hard_coded = next(a for a in ANSWERS if a.exercise == "work_without_cache" and a.name == "hard-coded")
    message = LAB.messages(work_without_cache=hard_coded.code)["correct_work_without_cache"]
    assert not any(character.isdigit() for character in message)


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-01")


def test_the_facts_of_the_lab_come_out_of_its_cells(lab):
    table = lab.printed("plot-work")
    for row in ("5     10         95       15    6.33x", "504,500    1,005  501.99x", "10,045    1,010    9.95x"):
        assert row in table
    assert "reaches 100x at N=197" in table
    proof = lab.printed("proof")
    assert "identical tokens: True\nunits: 95 without a cache, 15 with" in proof
    assert "1,000 new tokens, identical: True\n  units 504,500 against 1,005: 502x less by count" in proof


def test_appending_a_token_changes_no_past_key_but_without_the_causal_mask_it_does(lab):
    lines = lab.printed("causality-shown").splitlines()
    llama = [
        float(number)
        for line in lines
        if "layer " in line and "(rounding)" in line
        for number in (line.split("K ")[1].split(",")[0], line.split("V ")[1].split()[0])
    ]
    assert len(llama) == 4 and max(llama) < 1e-4
    causal, acausal = (float(line.split("layer 1 ")[1]) for line in lines if "mask" in line and "layer 1" in line)
    assert causal == 0 and acausal > 1e-3


def test_the_attention_of_the_exercise_looks_at_no_later_token(lab):
    said = lab.printed("plot-attention")
    assert re.findall(r"sum (\S+)", said) == ["1.00"] * 8
    assert "largest weight on a later token: 0.0\n" in said
    assert said.count("·") == 28  # the same cells as in the picture


def test_a_stale_cache_is_shown_to_change_the_next_token(lab):
    said = lab.printed("break-it")
    stale, honest = said.split("stale cache: ")[1].split(";")[0].split(", honest: ")
    assert stale != honest
    assert "refused: 5 cached and 1024 new tokens" in said


def test_the_engine_generates_the_same_tokens_and_saves_the_last_unit(lab):
    said = lab.printed("meet-the-engine")
    assert "identical tokens: True" in said and "identical tokens: False" not in said
    prompt_len, new_tokens = (int(number) for number in re.match(r"(\d+) prompt tokens, (\d+) new", said).groups())
    assert f"yours: {prompt_len + new_tokens} units; work_with_cache says {prompt_len + new_tokens}" in said
    assert f"the engine: {prompt_len + new_tokens - 1} units in {new_tokens} steps, one unit less" in said
    assert f"it passes {prompt_len + new_tokens - 1 - 16} units: 16 prompt tokens come from its prefix cache" in said


def test_the_stepper_shows_what_each_step_computes_and_reuses(lab):
    said = lab.printed("proof")
    assert "   1  CCC                   CCC\n   2  CCCC                  rrrC\n" in said
    assert "   6                        rrrrrrrC\n" in said  # the last token is fed
    assert "Rows computed: 25 without a cache, 8 with one." in said


def test_the_predictions_are_answered_where_the_truth_appears(lab):
    said = lab.printed("plot-work")
    assert "Long prompt: you guessed 3, it is 9.946 (too low by a factor of 3.32)." in said
    assert "Long answer: you guessed 40, it is 502 (too low by a factor of 12.5)." in said


def test_the_chat_as_it_is_given_fails_with_its_symptom_and_not_with_its_repair():
    given = LAB.untouched("chat_turn").replace("    raise NotImplementedError()\n", "")
    message = LAB.messages(chat_turn=given)["correct_chat_turn"]
    assert "turn 2" in message and "the cache held 14" in message
    assert "last" not in message
