"""SwiGLU's gate (Shazeer, 2020), under vLLM's name."""

import numpy as np


def silu_and_mul(gate_up: np.ndarray) -> np.ndarray:
    """silu(gate) * up, for gate and up side by side.

    gate_up: (num_tokens, 2 * intermediate_size), as the fused projection leaves them.
    Returns (num_tokens, intermediate_size).
    """
    inner = gate_up.shape[1] // 2
    gate, up = gate_up[:, :inner], gate_up[:, inner:]
    # silu(x) = x / (1 + exp(-x)). Where exp overflows to infinity, the quotient is 0, as it should be.
    out: np.ndarray = np.negative(gate)
    with np.errstate(over="ignore"):
        np.exp(out, out=out)
    out += np.float32(1)
    np.divide(gate, out, out=out)
    out *= up
    return out
