"""Lab 04, prefill and decode: diagnoses of its exercises, its plots, its measurement of a machine."""

from labkit.lab_04.built_on import built_on
from labkit.lab_04.card_and_workload import ARITHMETIC_INTENSITY, RIDGE_POINT
from labkit.lab_04.cards import A100, FULL_A100, TOY, card
from labkit.lab_04.decode_step import DECODE_STEP
from labkit.lab_04.engine_steps import show_steps, time_real_model
from labkit.lab_04.lever import LEVER_SPEEDUP
from labkit.lab_04.lever_table import compare_levers, reveal_levers
from labkit.lab_04.machine import measure
from labkit.lab_04.machine_plot import plot_machine
from labkit.lab_04.numbers import PROVIDED
from labkit.lab_04.regime import COMPUTE_UTILIZATION, IS_COMPUTE_BOUND
from labkit.lab_04.roofline import compare_cards, plot_roofline
from labkit.lab_04.serving import CRITICAL_BATCH, MAX_DECODE_SPEED
from labkit.lab_04.step_plot import explore_step, plot_steps

__all__ = [
    "A100",
    "ARITHMETIC_INTENSITY",
    "COMPUTE_UTILIZATION",
    "CRITICAL_BATCH",
    "DECODE_STEP",
    "FULL_A100",
    "IS_COMPUTE_BOUND",
    "LEVER_SPEEDUP",
    "MAX_DECODE_SPEED",
    "PROVIDED",
    "RIDGE_POINT",
    "TOY",
    "built_on",
    "card",
    "compare_cards",
    "compare_levers",
    "explore_step",
    "measure",
    "plot_machine",
    "plot_roofline",
    "plot_steps",
    "reveal_levers",
    "show_steps",
    "time_real_model",
]
