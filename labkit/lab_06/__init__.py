"""Lab 06, paged-kv-cache: what wrong answers say about how they were made, the engine's part, and the pictures.

exercise                             what all exercises share
blocks, slots, fit, gather, counts   exercises 1 to 5; lists reads what 5 returns
built_on                             examples of the exercises that later answers may call
memory                               blocks of memory as text
memory_plot, block_size_plot, sharing_plot   the pictures
engine, parts                        the student's functions beside and inside a running engine
"""

from labkit.lab_06.block_size_plot import plot_block_sizes
from labkit.lab_06.blocks import NUM_BLOCKS
from labkit.lab_06.built_on import built_on
from labkit.lab_06.counts import RELEASE, SHARE
from labkit.lab_06.engine import count_admissions, read_block_tables, swap_parts
from labkit.lab_06.exercise import PROVIDED
from labkit.lab_06.fit import FIT, FIT_PAGED
from labkit.lab_06.gather import BLOCKS, GATHER, PAIRS
from labkit.lab_06.memory import draw_memory
from labkit.lab_06.memory_plot import block_size_slider, plot_memory
from labkit.lab_06.sharing_plot import plot_sharing
from labkit.lab_06.slots import SLOT

__all__ = [
    "BLOCKS",
    "FIT",
    "FIT_PAGED",
    "GATHER",
    "NUM_BLOCKS",
    "PAIRS",
    "PROVIDED",
    "RELEASE",
    "SHARE",
    "SLOT",
    "block_size_slider",
    "built_on",
    "count_admissions",
    "draw_memory",
    "plot_block_sizes",
    "plot_memory",
    "plot_sharing",
    "read_block_tables",
    "swap_parts",
]
