"""Lab 05, engine-step: what its cells call.

counters                   exercises 1 and 2
finish                     exercise 3
stages, watched, faults    exercise 4: an engine's step, taken apart; what no step may do, and why
step, serve                exercise 4: whether a step is right, and whether it is the engine's
engines, recording         the engines of this lab, and what their schedulers have planned
race, shared_budget        the pictures
broken, meet               bookkeeping that lies; the engine's own counters
built_on                   examples of the exercises that engine_step may call
"""

from labkit.lab_05.broken import serve_broken
from labkit.lab_05.built_on import built_on
from labkit.lab_05.counters import IS_SAMPLED, NUM_TOKENS_TO_COMPUTE, PROVIDED
from labkit.lab_05.engines import sampled_by_the_engine, small_engine
from labkit.lab_05.finish import FINISH_REASON
from labkit.lab_05.meet import meet_the_engine
from labkit.lab_05.race import Race, explore_race, plot_races
from labkit.lab_05.serve import compare_with_engine, prepare_tests
from labkit.lab_05.shared_budget import plot_shared_budget
from labkit.lab_05.step import ENGINE_STEP

__all__ = [
    "ENGINE_STEP",
    "FINISH_REASON",
    "IS_SAMPLED",
    "NUM_TOKENS_TO_COMPUTE",
    "PROVIDED",
    "Race",
    "built_on",
    "compare_with_engine",
    "explore_race",
    "meet_the_engine",
    "plot_races",
    "plot_shared_budget",
    "prepare_tests",
    "sampled_by_the_engine",
    "serve_broken",
    "small_engine",
]
