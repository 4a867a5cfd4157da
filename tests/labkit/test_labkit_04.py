"""Lab 04's instruments: what the measurement of a machine notices, and sliders at the ends of their ranges."""

import itertools
import sys

import matplotlib
import matplotlib.pyplot as plt
import pytest

from labkit import lab_04
from labkit.lab_04.cards import users_that_fit
from labkit.lab_04.machine import STEPS, Measured
from labkit.lab_04.recorded import recorded
from labkit.lab_04.step_plot import parts_ms
from labkit.specs import GPU_SPECS

matplotlib.use("agg")


def step_seconds(batch, context, n_params, kv, peak, bandwidth, bytes_per_param=2):
    return batch * context * kv / bandwidth + max(2 * n_params * batch / peak, n_params * bytes_per_param / bandwidth)


def measured(**changes):
    figures = {
        "where": "a test",
        "n_params": 1_000_000,
        "peaks": (100e9, 98e9, 99e9),
        "bandwidths": (20e9, 19e9, 20e9),
        "steps": {tokens: (2e6 * tokens / 1e9, 2e6 * tokens / 1e9) for tokens in STEPS},  # 1 GFLOP/s
    }
    return Measured(**(figures | changes))


def roof(tokens):
    return 10e9


def test_a_quiet_measurement_raises_no_doubt():
    assert measured().doubts(roof) == []


def test_a_point_above_the_roof_is_a_doubt():
    fast = {**measured().steps, 64: (2e6 * 64 / 19.2e9,) * 2}
    assert measured(steps=fast).doubts(roof) == ["the step of 64 tokens is at 192% of the roof, which cannot be"]
    fast = {**measured().steps, 1: (2e6 / 12e9,) * 2}
    assert measured(steps=fast).doubts(roof) == ["the step of 1 token is at 120% of the roof, which cannot be"]


@pytest.mark.parametrize(
    "name, words", [("peaks", "the peak reached 3.0x"), ("bandwidths", "the bandwidth reached 3.0x")]
)
def test_repeats_that_differ_are_a_doubt(name, words):
    (doubt,) = measured(**{name: (30e9, 10e9, 10e9)}).doubts(roof)
    assert doubt.startswith(words)


def test_steps_without_repeats_are_a_doubt():
    once = {tokens: times[:1] for tokens, times in measured().steps.items()}
    assert measured(steps=once).doubts(roof) == ["there was time to measure some steps only once"]


def test_the_recorded_points_lie_below_their_roof():
    for tokens in STEPS:
        assert recorded().flops(tokens) < min(recorded().peak_flops, recorded().bandwidth * tokens / 2)


def test_the_parts_of_a_step_add_up_to_it():
    for batch, context in itertools.product((1, 156, 260), (128, 2048)):
        parts = parts_ms(step_seconds, batch=batch, context=context)
        whole = step_seconds(
            **dict(zip(("batch", "context", "n_params", "kv", "peak", "bandwidth"), _full(batch, context)))
        )
        assert sum(parts.values()) == pytest.approx(1e3 * whole)


def _full(batch, context):
    return [*(lab_04.FULL_A100 | {"batch": batch, "context": context}).values()][:6]


def test_260_users_of_2048_tokens_fill_the_a100():
    assert lab_04.FULL_A100["batch"] == 260


def test_without_ipywidgets_the_step_is_drawn_once(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    drawn = []
    monkeypatch.setattr(plt, "show", lambda: drawn.append(plt.gcf()))
    lab_04.explore_step(step_seconds)
    assert len(drawn) == 1
    said = capsys.readouterr().out
    assert "a step takes 29.0 ms" in said and "pip install ipywidgets" in said


def test_the_examples_are_not_changed_by_an_answer_that_changes_its_arguments():
    from labkit import check

    def in_place(step, changes):
        before = step_seconds(*step.values())
        step.update(changes)
        return before / step_seconds(*step.values())

    speedup, before = check(in_place, lab_04.LEVER_SPEEDUP), dict(lab_04.FULL_A100)
    speedup(lab_04.FULL_A100, {"bandwidth": 4e12}).should_be(1.565914)
    assert lab_04.FULL_A100 == before


def test_three_levers_are_answered_by_the_students_own_function(capsys):
    lab_04.reveal_levers(step_seconds, 2, 2, 2)
    said = " ".join(capsys.readouterr().out.split())
    for lever, truth in (("twice the FLOP/s", "1.125"), ("twice the bandwidth", "1.566"), ("FP8 KV cache", "1.566")):
        assert f"{lever}, times as fast: you guessed 2, it is {truth}" in said
    assert "until loading the weights (8.0 ms) is the limit" in said


@pytest.mark.parametrize("guess", ["2x", "1.1", None, [1.1], -1, float("nan")])
def test_a_guess_for_a_lever_that_is_no_number_is_named_and_the_cell_goes_on(guess, capsys):
    """Its tables and sliders come after it."""
    lab_04.reveal_levers(step_seconds, 1.1, guess, 1.6)
    said = capsys.readouterr().out.strip()
    assert said.startswith("guess_bandwidth is ") and "\nNext step: type a " in said


def test_smaller_weights_leave_room_for_more_users():
    a100 = GPU_SPECS["A100"]
    assert [users_that_fit(a100, 2048, size) for size in (2, 1, 0.5)] == [260, 290, 305]
    assert users_that_fit(a100, 128) == 16 * users_that_fit(a100, 2048) + 2
