"""Guesses that are typed before the answer is known, and the line that answers them."""

import math
from typing import Any

import numpy as np

from labkit.failure import CheckFailed, a_type, shortened


def predictions(**guesses: Any) -> None:
    """Test that each guess is a number, 0 or more; no number is wrong. The names are those of the variables."""
    for name, guess in guesses.items():
        check_guess(name, guess)
    print("Noted:", ", ".join(f"{name} = {guess}" for name, guess in guesses.items()))


def check_guess(name: str, guess: Any) -> None:
    """Raises: CheckFailed unless `guess` is a number, 0 or more. name: its variable's, or what is guessed."""
    if guess is ...:
        there = f": `{name} = 12`" if name.isidentifier() else ""
        raise CheckFailed(f"{name} is not typed yet.", step=f"write your number{there}, and run the cell")
    if not isinstance(guess, (int, float, np.number)) or isinstance(guess, bool):
        raise CheckFailed(
            f"{name} is {shortened(guess)}, {a_type(guess)}.",
            step="type a plain number, without quotes, units or commas (1000, not 1,000)",
        )
    if not (np.isfinite(guess) and guess >= 0):
        raise CheckFailed(f"{name} is {guess}.", step="type a number, 0 or more")


def reveal(what: str, guess: float, truth: float, because: str) -> None:
    """Answer a prediction: the guess, the truth, and why. `truth` comes from the student's functions.

    Raises:
        CheckFailed: the guess is not a number; the test of the predictions may have failed, or not have run.
    """
    check_guess(f"Your guess for {what!r}", guess)
    low, high = sorted((float(guess), float(truth)))
    if math.isclose(low, high, rel_tol=0.05):
        verdict = " (spot on)"
    elif low <= 0:
        verdict = ""  # no factor leads from 0 to another number
    else:
        verdict = f" (too {'low' if guess < truth else 'high'} by a factor of {high / low:,.3g})"
    print(f"{what}: you guessed {guess:,g}, it is {truth:,.4g}{verdict}.\n  {because}")
