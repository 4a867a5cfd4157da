"""Lab 07: what wrong answers say about how they were made, the engine that serves a stream, and the pictures.

steps, victim, gap             exercises 1 and 2, 4, 5
plan, plan_mistakes            exercise 3
lists                          calls that must leave their lists unchanged
schedulers, stream, clock      the engine under another scheduler, one step after the other, and what a step takes
engine                         the student's plans beside the engine's own
seats_plot, pause_plot, report the pictures, and the numbers of a serving benchmark
"""

import numpy as np

from labkit.lab_07.engine import compare_with_engine, prepare_tests
from labkit.lab_07.gap import LONGEST_GAP
from labkit.lab_07.lists import PROVIDED
from labkit.lab_07.pause_plot import Pause
from labkit.lab_07.plan import PLENTY, SCHEDULE
from labkit.lab_07.report import meet_the_engine, report, run
from labkit.lab_07.seats_plot import plot_seats
from labkit.lab_07.steps import CONTINUOUS_STEPS, STATIC_STEPS
from labkit.lab_07.victim import VICTIM

# What 64 requests want: many short answers, a few long ones.
OUTPUT_LENS = np.random.default_rng(5).geometric(1 / 100, 64).tolist()

__all__ = [
    "CONTINUOUS_STEPS",
    "LONGEST_GAP",
    "OUTPUT_LENS",
    "PLENTY",
    "PROVIDED",
    "SCHEDULE",
    "STATIC_STEPS",
    "VICTIM",
    "Pause",
    "compare_with_engine",
    "meet_the_engine",
    "plot_seats",
    "prepare_tests",
    "report",
    "run",
]
