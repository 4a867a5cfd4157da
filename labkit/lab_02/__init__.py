"""Lab 02, kv-memory-calculator: what its cells call."""

from labkit.lab_02.admission import REQUESTS_THAT_FIT
from labkit.lab_02.capacity import MAX_CONCURRENT
from labkit.lab_02.card_plot import KNOBS, CardPlot
from labkit.lab_02.context_plot import plot_context
from labkit.lab_02.engine import TEXT, meet_the_engine, serve
from labkit.lab_02.exercise import PROVIDED
from labkit.lab_02.sequence_bytes import BYTES_PER_SEQUENCE
from labkit.lab_02.shapes import compare_models, draw_token
from labkit.lab_02.token_bytes import BYTES_PER_TOKEN
from labkit.lab_02.units import GIB, KIB, MIB, gemma, llama, probe
from labkit.lab_02.users_on_card import USERS_ON_CARD
from labkit.lab_02.window_bytes import BYTES_WITH_WINDOWS

__all__ = [
    "BYTES_PER_SEQUENCE",
    "BYTES_PER_TOKEN",
    "BYTES_WITH_WINDOWS",
    "GIB",
    "KIB",
    "KNOBS",
    "MAX_CONCURRENT",
    "MIB",
    "PROVIDED",
    "REQUESTS_THAT_FIT",
    "TEXT",
    "USERS_ON_CARD",
    "CardPlot",
    "compare_models",
    "draw_token",
    "gemma",
    "llama",
    "meet_the_engine",
    "plot_context",
    "probe",
    "serve",
]
