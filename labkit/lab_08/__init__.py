"""Lab 08: what wrong answers say about how they were made, the caches with bugs, the engine's part, and the plots.

hashes, hash_mistakes        exercise 1; only the equality of hashes counts
known, cached                exercise 2, and block_hashes as the reason for a failure there
eviction, turns              exercises 3 and 4
caches, revealing            exercise 5: a right cache and two wrong ones
arguments                    what the exercises share: arguments that are only read
engine, meet, broken         the student's functions in the running engine, and two bugs in it
chats, tree_plot             three chats that begin alike, as a tree
queue_plot, turns_plot       the queue of free blocks; tokens computed against turns
"""

from labkit.lab_08.arguments import PROVIDED
from labkit.lab_08.broken import run_in_the_engine
from labkit.lab_08.cached import CACHED_TOKENS
from labkit.lab_08.caches import caches
from labkit.lab_08.chats import keys_differ, read_chats
from labkit.lab_08.engine import compare_with_engine, prepare_tests
from labkit.lab_08.eviction import EVICTION_ORDER
from labkit.lab_08.hashes import BLOCK_HASHES
from labkit.lab_08.known import built_on, known_hashes
from labkit.lab_08.meet import meet_the_engine
from labkit.lab_08.queue_plot import plot_queue
from labkit.lab_08.revealing import REVEALING, compare_caches
from labkit.lab_08.tree_plot import plot_tree
from labkit.lab_08.turns import TOKENS_COMPUTED
from labkit.lab_08.turns_plot import TurnsPlot

__all__ = [
    "BLOCK_HASHES",
    "CACHED_TOKENS",
    "EVICTION_ORDER",
    "PROVIDED",
    "REVEALING",
    "TOKENS_COMPUTED",
    "TurnsPlot",
    "built_on",
    "caches",
    "compare_caches",
    "compare_with_engine",
    "keys_differ",
    "known_hashes",
    "meet_the_engine",
    "plot_queue",
    "plot_tree",
    "prepare_tests",
    "read_chats",
    "run_in_the_engine",
]
