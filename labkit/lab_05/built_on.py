"""Visible examples of the functions that engine_step may call."""

import functools

from labkit.earlier import BuiltOn

built_on = functools.partial(
    BuiltOn,
    {
        "num_tokens_to_compute": [((100, 0, 16), 16), ((100, 96, 16), 4), ((101, 100, 16), 1), ((20, 20, 16), 0)],
        "is_sampled": [((100, 0, 16), 0), ((100, 96, 4), 1), ((101, 100, 1), 1), ((5, 0, 5), 1), ((100, 98, 1), 0)],
    },
)
