"""A generator whose next uniform number is known, so that a draw can be checked by hand."""

import numpy as np

MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645  # PCG64's
INVERSE = pow(MULTIPLIER, -1, 2**128)
LARGEST = 1 - 2.0**-53  # the largest number that random() can give


def rng_giving(number: float) -> np.random.Generator:
    """A generator whose next random() is `number`, in [0, 1).

    PCG64 multiplies its state, adds a constant and mixes the bits of the sum into its output: go back one step.
    """
    bits = np.random.PCG64(0)
    state = bits.state
    after = int(number * 2**53) << 11
    state["state"]["state"] = (after - state["state"]["inc"]) * INVERSE % 2**128
    bits.state = state
    return np.random.Generator(bits)
