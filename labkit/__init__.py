"""labkit: what the lab notebooks import. Tests with messages that name the mistake, instruments, and plots.

    start        prepares a notebook
    predictions  tests that guesses are typed; reveal answers them
    check        tests one exercise
    sliders      shows a drawing with sliders, or without where there are none
    lab_01 ...   one package per lab: its exercises' diagnoses, its instruments, its plots

A student can read every file here: no solution, no formula of a right answer and no hidden case is in them.
"""

from labkit.check import Call, Check, Exercise, check
from labkit.failure import CheckFailed
from labkit.notebook import load_ipython_extension, start
from labkit.prediction import predictions, reveal
from labkit.sliders import sliders

__version__ = "1.0"

__all__ = [
    "Call",
    "Check",
    "CheckFailed",
    "Exercise",
    "check",
    "load_ipython_extension",
    "predictions",
    "reveal",
    "sliders",
    "start",
]
