"""RMSNorm (Zhang and Sennrich, 2019)."""

import numpy as np


def rms_norm(x: np.ndarray, weight: np.ndarray, eps: float) -> np.ndarray:
    """x / rms(x) * weight over the last axis. x: (num_tokens, hidden_size); weight: (hidden_size,)."""
    square_sum = np.einsum("ij,ij->i", x, x)  # without an array of squares
    rms = np.sqrt(square_sum / np.float32(x.shape[1]) + np.float32(eps))
    normed = x / rms[:, None]
    normed *= weight
    return normed
