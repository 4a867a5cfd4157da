"""RMSNorm (Zhang and Sennrich, 2019)."""

import numpy as np


def rms_norm(x: np.ndarray, weight: np.ndarray, eps: float) -> np.ndarray:
    """x / rms(x) * weight over the last axis. x: (num_tokens, hidden_size); weight: (hidden_size,).

    Or over that of each head. x: (num_tokens, num_heads, head_dim); weight: (num_heads, head_dim).
    """
    rms = np.vecdot(x, x)  # the sums of squares, without an array of squares
    rms /= np.float32(x.shape[-1])
    rms += np.float32(eps)
    np.sqrt(rms, out=rms)
    normed: np.ndarray = x / rms[..., None]
    normed *= weight
    return normed
