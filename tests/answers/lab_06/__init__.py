"""Answers to lab 06, paged-kv-cache."""

from answers import Answer
from answers.lab_06.blocks import NUM_BLOCKS
from answers.lab_06.counts import COUNTS
from answers.lab_06.fit import REQUESTS_THAT_FIT
from answers.lab_06.gather import GATHER
from answers.lab_06.predict import PREDICT
from answers.lab_06.slots import SLOT

ANSWERS: list[Answer] = [*PREDICT, *NUM_BLOCKS, *SLOT, *REQUESTS_THAT_FIT, *GATHER, *COUNTS]

# exercise -> the exercises whose functions its own may call.
BUILT_ON: dict[str, tuple[str, ...]] = {
    "requests_that_fit": ("num_blocks",),
    "gather": ("slot",),
}
