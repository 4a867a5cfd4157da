"""The test of guesses, and the line that answers one."""

import numpy as np
import pytest

from labkit import CheckFailed, predictions, reveal


@pytest.mark.parametrize("guess", [0, 0.0, np.int64(0), 12, 0.5])
def test_no_number_is_wrong_not_even_zero(guess, capsys):
    """A refusal would tell that the answer is not 0."""
    predictions(guess_again=guess)
    assert capsys.readouterr().out == f"Noted: guess_again = {guess}\n"


@pytest.mark.parametrize("guess", [-1, -0.5, float("nan"), float("inf")])
def test_a_guess_that_no_count_can_be_is_refused(guess):
    with pytest.raises(CheckFailed, match=f"(?s)guess_again is {guess}.*type a number, 0 or more"):
        predictions(guess_again=guess)


@pytest.mark.parametrize(
    "guess, truth, said",
    [
        (0, 16, "you guessed 0, it is 16."),
        (16, 0, "you guessed 16, it is 0."),
        (0, 0, "you guessed 0, it is 0 (spot on)."),
        (4, 16, "you guessed 4, it is 16 (too low by a factor of 4)."),
        (32, 16, "you guessed 32, it is 16 (too high by a factor of 2)."),
        (15.5, 16, "you guessed 15.5, it is 16 (spot on)."),
    ],
)
def test_a_guess_is_answered_by_a_factor_unless_one_of_the_two_is_zero(guess, truth, said, capsys):
    """Also finds a division by zero."""
    reveal("tokens", guess, truth, "Because.")
    assert capsys.readouterr().out == f"tokens: {said}\n  Because.\n"


@pytest.mark.parametrize("guess", ["128", "2x", None, [3], True, ...])
def test_a_guess_that_is_no_number_is_named_where_it_would_be_answered(guess):
    """The cell that answers it runs, too, when the test of the guesses has failed."""
    with pytest.raises(CheckFailed, match="^Your guess for 'KiB per token' is .*\nNext step: "):
        reveal("KiB per token", guess, 128, "Because.")
