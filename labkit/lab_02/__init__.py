"""Lab 02, kv-memory-calculator: what its cells call."""

from labkit.lab_02.admission import REQUESTS
from labkit.lab_02.built_on import built_on
from labkit.lab_02.calculator import CALCULATOR
from labkit.lab_02.capacity import USERS
from labkit.lab_02.card_plot import CardPlot
from labkit.lab_02.context_plot import plot_context
from labkit.lab_02.engine import TEXT, meet_the_engine, serve
from labkit.lab_02.exercise import PROVIDED
from labkit.lab_02.sequence_bytes import SEQUENCE
from labkit.lab_02.shapes import compare_models, draw_token
from labkit.lab_02.token_bytes import TOKEN
from labkit.lab_02.units import GIB, KIB, MIB, gemma, llama, probe
from labkit.lab_02.window_bytes import WINDOWS
from labkit.specs import MODEL_SPECS

__all__ = [
    "SEQUENCE",
    "TOKEN",
    "WINDOWS",
    "GIB",
    "KIB",
    "USERS",
    "MIB",
    "MODEL_SPECS",
    "PROVIDED",
    "REQUESTS",
    "TEXT",
    "CALCULATOR",
    "CardPlot",
    "built_on",
    "compare_models",
    "draw_token",
    "gemma",
    "llama",
    "meet_the_engine",
    "plot_context",
    "probe",
    "serve",
]
