"""Visible examples of the functions that later exercises may call."""

import functools

from labkit.earlier import BuiltOn

built_on = functools.partial(
    BuiltOn,
    {
        "ridge_point": [((312e12, 2.0e12), 156), ((64, 4), 16)],
        "arithmetic_intensity": [((20, 4), 10), ((7, 4), 3.5)],
        "decode_step_seconds": [((4, 10, 96, 4, 64, 4), 88), ((64, 1, 96, 4, 64, 4), 256)],
    },
)
