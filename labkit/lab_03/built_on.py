"""Visible examples of the functions that later exercises may call."""

import functools

import numpy as np

from labkit.earlier import BuiltOn

INF = float("inf")
LOGITS, PROBS = np.array([1.0, 3.0, -1.0, 1.5, 0.5]), np.log([0.125, 0.5, 0.125, 0.25])
built_on = functools.partial(
    BuiltOn,
    {
        "softmax": [
            ((PROBS,), [0.125, 0.5, 0.125, 0.25]),
            ((np.array([0.0, -INF, 0.0]),), [0.5, 0.0, 0.5]),
            ((np.log([[1, 1, 2], [6, 3, 1]]),), [[0.25, 0.25, 0.5], [0.6, 0.3, 0.1]]),
        ],
        "apply_temperature": [
            ((np.array([3.0, 1.0, -1.0, -INF]), 2.0), [1.5, 0.5, -0.5, -INF]),
            ((np.array([3.0, 1.0, -1.0, -INF]), 0.5), [6.0, 2.0, -2.0, -INF]),
        ],
        "top_k_mask": [
            ((LOGITS, 2), [-INF, 3.0, -INF, 1.5, -INF]),
            ((LOGITS, 1), [-INF, 3.0, -INF, -INF, -INF]),
            ((LOGITS, 0), LOGITS),
            ((LOGITS, -1), LOGITS),
            ((LOGITS, 1000), LOGITS),
        ],
        "top_p_mask": [
            ((PROBS, 0.3), [-INF, PROBS[1], -INF, -INF]),
            ((PROBS, 0.6), [-INF, PROBS[1], -INF, PROBS[3]]),
            ((PROBS, 1.0), PROBS),
            ((np.array([0.0, -40.0, -50.0]), 1.0), [0.0, -40.0, -50.0]),
        ],
    },
)
