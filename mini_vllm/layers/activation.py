"""SwiGLU's gate (Shazeer, 2020), under vLLM's name."""

import numpy as np


def silu_and_mul(gate_up: np.ndarray) -> np.ndarray:
    """silu(gate) * up, for gate and up side by side.

    gate_up: (num_tokens, 2 * intermediate_size), as the fused projection leaves them; overwritten.
    Returns (num_tokens, intermediate_size).
    """
    inner = gate_up.shape[1] // 2
    half, up = gate_up[:, :inner], gate_up[:, inner:]
    # silu(x) = x * sigmoid(x), and sigmoid(x) = (1 + tanh(x / 2)) / 2 cannot overflow as exp(-x) does.
    half *= np.float32(0.5)
    out: np.ndarray = np.tanh(half)
    out += np.float32(1)
    out *= half
    out *= up
    return out
