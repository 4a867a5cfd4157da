"""RMSNorm (Zhang and Sennrich, 2019)."""

import math

import numpy as np


class RMSNorm:
    """x / sqrt(mean(x ** 2) + eps) * weight, over the last axis.

    weight: (hidden_size,); or (num_heads, head_dim), where each head is normed by itself.
    """

    def __init__(self, weight: np.ndarray, eps: float) -> None:
        # With both sides of the fraction times sqrt(size), the mean is a sum: for one token, each call of numpy counts.
        size = weight.shape[-1]
        self.weight = weight * np.float32(math.sqrt(size))
        self.eps = np.array([size * eps], dtype=np.float32)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """x: (num_tokens, hidden_size), or (num_tokens, num_heads, head_dim). Returns an array of the same shape."""
        length = np.vecdot(x, x)  # the sums of squares, without an array of squares
        length += self.eps
        np.sqrt(length, out=length)
        normed: np.ndarray = x / length[..., None]
        normed *= self.weight
        return normed
