"""Visible examples of the functions that later exercises may call."""

import functools

from labkit.earlier import BuiltOn

built_on = functools.partial(
    BuiltOn,
    {
        "num_blocks": [((17, 16), 2), ((32, 16), 2), ((0, 16), 0), ((5, 2), 3)],
        "slot": [((0, [7, 2, 5], 4), 28), ((6, [7, 2, 5], 4), 10), ((11, [7, 2, 5], 4), 23), ((10, [4, 2], 8), 18)],
    },
)
