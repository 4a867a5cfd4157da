"""The facts of lab 03, as its cells print them."""

import contextlib
import io
import re

import numpy as np
import pytest
from answers.lab_03 import ANSWERS
from lab_cells import Lab

from labkit.lab_03.engine import engine_runs

LAB = Lab.read("phase-00-foundations/lab-03-sampling-basics.ipynb")
NEAR = 1e-4  # float32 and float64 answers, one row and a batch differ by less


def code_of(exercise: str, name: str) -> str:
    (answer,) = [answer for answer in ANSWERS if (answer.exercise, answer.name) == (exercise, name)]
    return answer.code


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-03")


@pytest.mark.parametrize(
    "exercise, name, test",
    [
        ("apply_temperature", "hard-coded for all visible temperatures", "correct_apply_temperature"),
        ("top_k_mask", "right for five tokens only", "correct_top_k_mask"),
        ("top_p_mask", "right for four tokens only", "correct_top_p_mask"),
        ("sample", "right for few tokens only", "correct_sample"),
        ("nucleus_draw", "a fixed mass", "correct_nucleus_draw"),
    ],
)
def test_a_message_of_a_hidden_test_gives_no_answer_away(exercise, name, test):
    message = LAB.messages(**{exercise: code_of(exercise, name)})[test]
    assert message and not any(character.isdigit() for character in message)


@pytest.mark.parametrize("test", ["correct_top_p_mask", "correct_sample", "correct_nucleus_draw"])
def test_an_exercise_that_calls_an_unwritten_one_is_told_which(test):
    message = LAB.messages(softmax=LAB.untouched("softmax"))[test]
    assert message.startswith("softmax is not written yet")


@pytest.mark.parametrize(
    "exercise, name, tests",
    [
        ("softmax", "powers of two", ["correct_top_p_mask", "correct_sample"]),
        ("top_k_mask", "k + 1", ["correct_sample", "correct_sample_in_the_engine"]),
        ("top_p_mask", "one too many", ["correct_sample", "correct_sample_in_the_engine", "correct_nucleus_draw"]),
        ("apply_temperature", "multiplied", ["correct_sample", "correct_sample_in_the_engine"]),
    ],
)
def test_an_exercise_that_calls_a_broken_one_is_told_which(exercise, name, tests):
    messages = LAB.messages(**{exercise: code_of(exercise, name)})
    for test in tests:
        if "for the visible examples" in messages[test]:
            assert re.search(rf"Next step: if this function calls your .*{exercise}", messages[test])
        elif messages[test]:
            assert f"your {exercise} does not pass its own test yet" in messages[test]
    assert any(messages[test] for test in tests)


def test_a_sample_that_calls_nothing_keeps_its_points_whatever_the_others_do():
    everything = code_of("sample", "everything by itself")
    others = {name: LAB.untouched(name) for name in ("softmax", "apply_temperature", "top_k_mask", "top_p_mask")}
    messages = LAB.messages(sample=everything, **others)
    assert messages["correct_sample"] == messages["correct_sample_in_the_engine"] == ""


def test_a_running_sum_that_ends_below_one_is_right_and_gets_a_hint():
    """The two draws that the lab calls the same differ once in 2**53 numbers; no points are lost there."""
    namespace, said = {"__name__": "__main__"}, io.StringIO()
    with contextlib.redirect_stdout(said):
        for source in (*LAB.setup, *LAB.solutions.values()):
            exec(source, namespace)
        exec(code_of("sample", "searchsorted"), namespace)
        exec(LAB.tests["correct_sample"], namespace)
    assert "Divide by its last element" in said.getvalue()


def test_the_faulty_sampler_as_it_is_handed_out_gets_the_symptom_and_not_the_fix():
    handed_out = LAB.untouched("nucleus_draw").replace("    raise NotImplementedError()\n", "")
    message = LAB.messages(nucleus_draw=handed_out)["correct_nucleus_draw"]
    assert "28 evenly spaced u give the counts {1: 19, 3: 9}, expected {1: 16, 3: 12}" in message
    assert "the end of the last piece of the line is never hit" in message
    assert ".sum()" not in message


def test_low_temperatures_gather_and_high_ones_spread(lab):
    said = lab.printed("plot-temperature")
    for line in (" 0.5      0.844 ", " 1.0      0.416 ", " 2.0      0.057 "):
        assert line in said
    for line in (
        "T = 0.5: 0.90 bits",
        "T = 1.0: 4.11 bits",
        "T = 2.0: 8.63 bits",
        "all 1,024 equally likely: 10.00 bits",
    ):
        assert line in said


def test_the_nucleus_grows_with_the_temperature_and_the_guesses_are_answered(lab):
    said = lab.printed("plot-nucleus")
    rows = dict(re.findall(r"^T=(\d\.\d): top_p=0.9 keeps (\d+)", said, re.M))
    assert (rows["0.7"], rows["1.5"]) == ("3", "335")
    counts = [int(count) for count in rows.values()]
    assert counts == sorted(counts)
    assert "number 3, ' afraid', crosses p: running sum 0.90" in said
    assert "kept at T=0.7: you guessed 10, it is 3" in said and "kept at T=1.5: you guessed 40, it is 335" in said


def test_no_printed_line_is_wider_than_a_page(lab):
    assert [line for line in lab.all_printed.splitlines() if len(line) > 95 and "/" not in line] == []


def test_a_draw_by_hand_says_in_words_what_it_shows(lab):
    said = lab.printed("draw-by-hand")
    assert (
        "top-k removes ' so', ' one', ' ready'; top-p removes ' very', ' scared'; u = 0.60 hits the piece"
        in said.replace(";\n", "; ")
    )
    assert "' an'    0.545    0.578    0.640       0.200 to 0.840  <- u = 0.6" in said
    assert [line[-1] for line in said.splitlines() if ": token " in line] == ["0", "0", "2", "2", "3"]


def test_the_order_of_the_steps_changes_which_tokens_can_be_drawn(lab):
    said = lab.printed("break-it")
    assert "T=2, top_p=0.65: [0.     0.2748 0.3366 0.3886]   swapped: [0.     0.     0.4641 0.5359]" in said
    assert "top_k=2, top_p=0.5: [0. 0. 0. 1.]   swapped: [0.     0.     0.4286 0.5714]" in said


def test_what_is_broken_breaks_and_the_draws_follow_the_probabilities(lab):
    said = lab.printed("break-it")
    assert "without the maximum subtracted: [nan nan nan]\nwith it: [0.665 0.245 0.09 ]" in said
    assert "refused: logits hold NaN" in said
    assert "T=0.01: 1.0000 for the most likely token" in said
    assert float(re.search(r"largest gap: ([\d.]+)", said).group(1)) < 4 * 0.005


def test_the_engine_gives_the_same_tokens_alone_and_in_a_batch(lab):
    assert "15 of 15 requests, 150 tokens, all the same" in lab.printed("test-sample-in-the-engine")
    assert "alone: 16 engine steps; with 7 others: 16 steps; identical tokens: True" in lab.printed("meet-the-engine")


def test_no_token_of_the_engines_test_hangs_on_the_last_bit():
    """Every draw, filter and argmax is decided by so much that any right way of computing it agrees."""
    runs = engine_runs("The little fox was")
    assert len(runs) == 15
    for run in runs:
        rng = np.random.default_rng(run.params.seed)
        for row, token in zip(run.rows.astype(np.float64), run.tokens, strict=True):
            margins, chosen = _decisions(row, run.params, rng)
            assert chosen == token
            assert min(margins) > NEAR, run.params


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
