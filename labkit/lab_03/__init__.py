"""Lab 03: what wrong answers say about how they were made, the engine's own tokens, and the pictures.

softmax, temperature, top_k, top_p     exercises 1 to 4
sample, sample_mistakes                exercise 5; draw checks what happens beside the token
nucleus_draw                           exercise 6
arrays, filters                        what exercises 1 to 4, and 3 and 4, share
built_on                               examples of the exercises that later answers may call
story, engine                          the small model, and the engine's tokens for 15 requests
plots, nucleus, by_hand                the pictures
"""

from labkit.lab_03.arrays import PROVIDED
from labkit.lab_03.built_on import built_on
from labkit.lab_03.by_hand import DrawByHand, draw_line
from labkit.lab_03.engine import compare_with_engine, prepare_tests
from labkit.lab_03.meet import meet_the_engine
from labkit.lab_03.nucleus import Nucleus
from labkit.lab_03.nucleus_draw import NUCLEUS_DRAW
from labkit.lab_03.plots import plot_temperature
from labkit.lab_03.sample import SAMPLE
from labkit.lab_03.softmax import SOFTMAX
from labkit.lab_03.story import Story
from labkit.lab_03.temperature import TEMPERATURE
from labkit.lab_03.top_k import TOP_K
from labkit.lab_03.top_p import TOP_P
from labkit.lab_03.uniform import rng_giving

__all__ = [
    "NUCLEUS_DRAW",
    "PROVIDED",
    "SAMPLE",
    "SOFTMAX",
    "TEMPERATURE",
    "TOP_K",
    "TOP_P",
    "DrawByHand",
    "Nucleus",
    "Story",
    "built_on",
    "compare_with_engine",
    "draw_line",
    "meet_the_engine",
    "plot_temperature",
    "prepare_tests",
    "rng_giving",
]
