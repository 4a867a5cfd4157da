"""Lab 01: its models, what wrong answers say about how they were made, its plots.

model        RecordingLlama, TiedModel
counting     exercises 1 and 2
attention    exercise 3
generation   exercises 4 and 5; causes and greedy explain what went wrong
chat         exercise 6
plots        work against new tokens, attention weights
stepper      the rows of K and V, step by step
causality    what appending a token changes
engine       the same generation by mini_vllm's engine
"""

from labkit.lab_01.attention import ATTENTION, Steps, three_tokens
from labkit.lab_01.causality import measure_causality, plot_score_matrices
from labkit.lab_01.chat import CHAT, Chat
from labkit.lab_01.counting import UNITS_WITH_CACHE, UNITS_WITHOUT_CACHE
from labkit.lab_01.engine import meet_the_engine, race
from labkit.lab_01.generation import GENERATION, PROVIDED
from labkit.lab_01.model import SMALL, TINY, RecordingLlama, TiedModel, draw_calls
from labkit.lab_01.plots import plot_attention, plot_work
from labkit.lab_01.stepper import Stepper

__all__ = [
    "ATTENTION",
    "CHAT",
    "GENERATION",
    "PROVIDED",
    "SMALL",
    "TINY",
    "UNITS_WITHOUT_CACHE",
    "UNITS_WITH_CACHE",
    "Chat",
    "RecordingLlama",
    "Stepper",
    "Steps",
    "TiedModel",
    "draw_calls",
    "measure_causality",
    "meet_the_engine",
    "plot_attention",
    "plot_score_matrices",
    "plot_work",
    "race",
    "three_tokens",
]
