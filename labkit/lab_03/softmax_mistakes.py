"""What wrong probabilities say, in the examples of exercise 1."""

import numpy as np

from labkit.check import Why
from labkit.lab_03.arrays import close

SUM = "print the sum of what you return: it must be 1"
# What comes back for the weights 1 : 4 : 1 : 2, when it is wrong.
WRONG: dict[tuple[float, ...], Why] = {
    (1.0, 4.0, 1.0, 2.0): ("the weights are not divided by their sum", SUM),
    (0.25, 1.0, 0.25, 0.5): (
        "the weights are divided by the largest, or not divided at all after subtracting it",
        SUM,
    ),
    (0.0, 0.6667, 0.0, 0.3333): (
        "exp is missing: the logits themselves are divided by their sum",
        "turn each logit into exp(logit) first",
    ),
    (0.3636, 0.0909, 0.3636, 0.1818): (
        "the sign is turned: the likeliest token gets the least",
        "check what you subtract from what",
    ),
    (-2.0794, -0.6931, -2.0794, -1.3863): (
        "these are the logarithms of the probabilities",
        "take exp of the result",
    ),
    (0.1605, 0.4195, 0.1605, 0.2595): ("powers of 2 instead of e", "use np.exp"),
    (0.5, 0.8, 0.5, 0.6667): (
        "this is the sigmoid of each logit, which does not depend on the others",
        "divide by the sum over all tokens",
    ),
    (0.0, 1.0, 0.0, 0.0): ("only the largest logit survives", "print the weights before you divide them"),
}
TOO_COARSE = ("the result is rounded, or float16", "compute in float32 or float64, and round nothing")


def explain_rows(probs: np.ndarray, is_large: bool) -> Why:
    if is_large:
        return (
            "the largest logit of all rows is subtracted from each row",
            "take the maximum with axis=-1 and keepdims=True",
        )
    if close(probs.sum(axis=0), np.ones(probs.shape[1]), 1e-4):
        return "softmax ran over the wrong axis: each column sums to 1, not each row", "use axis=-1"
    if close(probs.sum(), 1, 1e-4):
        return "the sum ran over all rows together", "give sum axis=-1, and keepdims=True"
    return "the rows are mixed up", "compare softmax(rows)[0] with softmax(rows[0])"
