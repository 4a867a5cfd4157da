"""The facts of lab 03, as its cells print them."""

import contextlib
import io
import re

import numpy as np
import pytest
from lab_cells import Lab

from grading.answers.lab_03 import ANSWERS

LAB = Lab.read("phase-00-foundations/lab-03-sampling-basics.ipynb")
NEAR = 1e-4  # float32 and float64 answers, one row and a batch differ by less


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-03")


@pytest.fixture(scope="module")
def names():
    """What the lab's cells define, the reference solutions and the engine's test included."""
    namespace: dict = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for source in (*LAB.setup, *LAB.solutions.values(), LAB.tests["correct_sample_in_the_engine"]):
            exec(source, namespace)
    return namespace


@pytest.mark.parametrize(
    "exercise, name, test",
    [
        ("apply_temperature", "hard-coded for all visible temperatures", "correct_apply_temperature"),
        ("top_k_mask", "right for five tokens only", "correct_top_k_mask"),
        ("top_p_mask", "right for four tokens only", "correct_top_p_mask"),
        ("sample", "right for few tokens only", "correct_sample"),
    ],
)
def test_a_message_of_a_hidden_test_gives_no_answer_away(exercise, name, test):
    (answer,) = [answer for answer in ANSWERS if (answer.exercise, answer.name) == (exercise, name)]
    message = LAB.messages(**{exercise: answer.code})[test]
    assert message and not any(character.isdigit() for character in message)


def test_an_exercise_that_calls_an_unwritten_one_is_told_which():
    message = LAB.messages(top_p_mask=LAB.untouched("top_p_mask"))["correct_sample"]
    assert "called top_p_mask, which is not written yet" in message


def test_a_running_sum_that_ends_below_one_is_right_and_gets_a_hint(names):
    """The two draws that the lab calls the same differ once in 2**53 numbers; no points are lost there."""
    (answer,) = [answer for answer in ANSWERS if (answer.exercise, answer.name) == ("sample", "searchsorted")]
    namespace, said = dict(names), io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(answer.code, namespace)
        exec(LAB.tests["correct_sample"], namespace)
    assert "Divide by its last element" in said.getvalue()


@pytest.mark.parametrize("number", [0.0, 0.25, 0.8, 1 - 2.0**-53])
def test_the_generator_of_the_tests_gives_the_number_that_is_asked_for(names, number):
    rng = names["rng_giving"](number)
    assert rng.random() == number
    assert len(set(rng.random(1000))) == 1000


def test_low_temperatures_gather_and_high_ones_spread(lab):
    table = lab.printed("plot-temperature")
    for row in ("0.5      0.844    0.996    0.90 bits", "1.0      0.416    0.763    4.11 bits"):
        assert row in table
    assert "2.0      0.057    0.181    8.63 bits" in table and "1,024 tokens alike would be 10 bits" in table


def test_the_nucleus_grows_with_the_temperature(lab):
    rows = dict(re.findall(r"^ *(\d\.\d) +([\d,]+) ", lab.printed("plot-nucleus"), re.M))
    assert (rows["0.7"], rows["1.5"]) == ("3", "335")
    counts = [int(count) for count in rows.values()]
    assert counts == sorted(counts)


def test_the_order_of_the_steps_changes_which_tokens_can_be_drawn(lab):
    said = lab.printed("break-it")
    order = {line.split("this lab")[0].strip(): line for line in said.splitlines() if "this lab" in line}
    assert "this lab: [0.0, 0.0, 0.0, 1.0]   swapped: [0.0, 0.0, 0.4286, 0.5714]" in order["top_k=2, top_p=0.5"]
    assert "this lab: [0.0, 0.2748, 0.3366, 0.3886]   swapped: [0.0, 0.0, 0." in order["T=2, top_p=0.65"]
    assert "this lab: [0.0, 0.0, 0.0, 1.0]   swapped: [0.0, 0.0, 0." in order["T=0.5, top_p=0.5"]


def test_what_is_broken_breaks_and_the_draws_follow_the_probabilities(lab):
    said = lab.printed("break-it")
    assert "without the shift: [nan nan nan]   with it: [0.665 0.245 0.09 ]" in said
    assert "refused: logits hold NaN" in said
    assert "T=0.01: 1.0000 for the favourite" in said
    assert float(re.search(r"largest gap ([\d.]+)", said).group(1)) < 4 * 0.005


def test_the_engine_gives_the_same_tokens_alone_and_in_a_batch(lab):
    assert "15 of 15 requests, 150 tokens, all the same" in lab.printed("test-sample-in-the-engine")
    assert "alone: 16 engine steps; with 7 others: 16 steps; identical tokens: True" in lab.printed("meet-the-engine")


def test_no_token_of_the_engines_test_hangs_on_the_last_bit(names):
    """Every draw, filter and argmax is decided by so much that any right way of computing it agrees."""
    model, prompt_ids = names["llm"].llm_engine.model, names["prompt_ids"]
    for params, tokens in zip(names["requests"], names["yours"], strict=True):
        rows = model.forward(prompt_ids + tokens)[len(prompt_ids) - 1 : -1].astype(np.float64)
        rng = np.random.default_rng(params.seed)
        for row, token in zip(rows, tokens, strict=True):
            margins, chosen = _decisions(row, params, rng)
            assert chosen == token
            assert min(margins) > NEAR, params


def _decisions(logits: np.ndarray, params, rng: np.random.Generator) -> tuple[list[float], int]:
    """By how much each step is decided, and the token."""
    ranked = np.sort(logits)[::-1]
    if params.is_greedy:
        return [ranked[0] - ranked[1]], int(logits.argmax())
    margins = []
    weights = np.exp((logits - ranked[0]) / params.temperature)
    if 0 < params.top_k < len(logits):
        margins.append(ranked[params.top_k - 1] - ranked[params.top_k])
        weights[logits < ranked[params.top_k - 1]] = 0
    weights /= weights.sum()
    if params.top_p < 1:
        order = np.argsort(-weights, kind="stable")
        before = np.cumsum(weights[order]) - weights[order]
        margins.append(np.abs(before - params.top_p).min())
        weights[order[before >= params.top_p]] = 0
        weights /= weights.sum()
    ends, number = np.cumsum(weights), rng.random()
    token = int(np.searchsorted(ends, number, side="right"))
    margins.append(min([np.inf, *np.abs(ends[weights > 0][:-1] - number)]))
    return margins, token
