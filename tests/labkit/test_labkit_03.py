"""The instruments of lab 03: a generator that gives a known number, the story, the pictures."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit import CheckFailed, check, lab_03
from labkit.lab_03.arrays import show_logits
from labkit.lab_03.engine import engine_runs
from labkit.lab_03.uniform import LARGEST

matplotlib.use("agg")


@pytest.mark.parametrize("number", [0.0, 0.25, 0.8, LARGEST])
def test_the_generator_of_the_tests_gives_the_number_that_is_asked_for(number):
    rng = lab_03.rng_giving(number)
    assert rng.random() == number
    assert len(set(rng.random(1000))) == 1000


def test_logits_are_shown_as_logarithms_where_that_is_shorter():
    assert show_logits(np.log([0.5, 0.25, 0.25])) == "log([0.5, 0.25, 0.25])"
    assert show_logits(np.array([1.0, -np.inf, 0.5])) == "[1, -inf, 0.5]"
    assert show_logits(np.array([[1.0, 2.0]], dtype=np.float32)) == "float32 [[1, 2]]"
    assert len(show_logits(np.zeros(1000))) <= 70


def test_what_a_student_does_to_the_storys_logits_does_not_stay():
    story = lab_03.Story("The little fox was")
    story.logits[:] = 0
    assert story.logits.max() > 1 and story.label(int(story.logits.argmax())) == "' an'"


def test_the_engines_tokens_are_computed_once():
    assert engine_runs("The little fox was") is engine_runs("The little fox was")
    assert [run.rows.shape[0] for run in engine_runs("The little fox was")] == [10] * 15


def test_the_label_of_a_token_is_never_empty():
    story = lab_03.Story("The little fox was")
    assert all(len(story.label(token)) > 2 or story.words[token] == "" for token in range(len(story.words)))
    assert all(story.label(token) for token in range(len(story.words)))


def test_one_of_two_equal_tokens_may_have_the_last_place():
    def keeps(*places):
        def top_p_mask(logits, p):
            return np.where(np.isin(np.arange(len(logits)), places), logits, -np.inf)

        return check(top_p_mask, lab_03.TOP_P)(np.log([0.125, 0.5, 0.125, 0.25]), p=0.8)

    keeps(0, 1, 3).should_keep({0, 1, 3}, {1, 2, 3})
    keeps(1, 2, 3).should_keep({0, 1, 3}, {1, 2, 3})
    with pytest.raises(CheckFailed, match=r"expected \[0, 1, 3\] or \[1, 2, 3\]"):
        keeps(1, 3).should_keep({0, 1, 3}, {1, 2, 3})


def test_the_line_is_printed_with_one_digit_per_token_and_a_mark(capsys):
    lab_03.draw_line([0.25, 0.5, 0.25], number=0.5, width=8)
    assert capsys.readouterr().out == "  0 |00111122| 1\n         ^ 0.5\n"


def softmax(logits):
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()


def test_a_draw_by_hand_names_every_token_for_any_setting():
    """At the ends of the sliders, too: one token left, or no filter."""
    story = lab_03.Story("The little fox was")
    hand = lab_03.DrawByHand(
        story,
        lambda logits, params, rng: int(np.searchsorted(np.cumsum(softmax(logits)), rng.random(), side="right")),
        softmax,
        lambda logits, temperature: logits / temperature,
        lambda logits, k: np.where(logits >= np.sort(logits)[-k], logits, -np.inf) if k else logits,
        lambda logits, p: logits,
    )
    assert len(hand.labels) == len(set(hand.labels)) == 8
    for u, top_k in ((0.0, 0), (0.99, 1)):
        assert f"u = {u:.2f} hits the piece of '" in hand._draw(u, 1.0, top_k, 1.0)


def test_a_plot_of_the_nucleus_shows_no_token_that_top_k_removed(monkeypatch):
    """And the mark of a running sum near 0 stands above it: below are the labels of the bars."""
    drawn = []
    monkeypatch.setattr(plt, "show", lambda: drawn.append(plt.gcf().axes[0]))
    nucleus = lab_03.Nucleus(
        lab_03.Story("The little fox was"),
        softmax,
        lambda logits, temperature: logits / temperature,
        lambda logits, k: np.where(logits >= np.sort(logits)[-k], logits, -np.inf) if k else logits,
        lambda logits, p: np.where(logits == logits.max(), logits, -np.inf),
    )
    assert nucleus._draw(3.0, 8, 0.05).startswith("1 token stays")
    assert len(drawn[-1].get_xticks()) == 8
    nucleus._draw(3.0, 0, 0.05)
    (label,) = [text for text in drawn[-1].texts if "crosses p" in text.get_text()]
    assert label.get_va() == "bottom"


def test_the_words_below_the_temperatures_follow_the_numbers(monkeypatch, capsys):
    monkeypatch.setattr(plt, "show", lambda: None)
    story = lab_03.Story("The little fox was")
    lab_03.plot_temperature(story, softmax, lambda logits, temperature: logits / temperature)
    assert "a low temperature gathers" in capsys.readouterr().out
    lab_03.plot_temperature(story, softmax, lambda logits, temperature: logits * temperature)
    assert "run the test of Exercise 2" in capsys.readouterr().out
