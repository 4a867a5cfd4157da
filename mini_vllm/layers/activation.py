"""SwiGLU's gate (Shazeer, 2020), under vLLM's name."""

import numpy as np


def silu_and_mul(gate_up: np.ndarray) -> np.ndarray:
    """silu(gate) * up, for gate and up side by side.

    gate_up: (num_tokens, 2 * intermediate_size), as the fused projection leaves them.
    Returns (num_tokens, intermediate_size).
    """
    gate, up = np.split(gate_up, 2, axis=-1)
    # silu(x) = x * sigmoid(x), and sigmoid(x) = (1 + tanh(x / 2)) / 2 cannot overflow as exp(-x) does.
    half = np.float32(0.5) * gate
    return half * (np.float32(1) + np.tanh(half)) * up
