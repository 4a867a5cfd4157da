"""Rotary position embedding (Su et al., 2021), in the half-split layout of Hugging Face's Llama."""

import numpy as np


class RotaryEmbedding:
    """Turns each pair (x[i], x[i + head_dim/2]) by an angle that grows with the position.

    A score q.k then depends on the distance of the two tokens only. K can be cached after the
    turn, because the angle of a token depends on its own position and on nothing that comes later.
    """

    def __init__(self, head_dim: int, max_position_embeddings: int, base: float) -> None:
        if head_dim % 2:
            raise ValueError(f"head_dim={head_dim} must be even: rotary embedding turns pairs of numbers.")
        frequencies = base ** -(np.arange(0, head_dim, 2) / head_dim)
        angles = np.outer(np.arange(max_position_embeddings), frequencies)
        # The angles need float64 (position 8,191 is a large angle); what the model computes with is float32.
        self.cos = np.cos(angles).astype(np.float32)
        self.sin = np.sin(angles).astype(np.float32)

    def __call__(self, x: np.ndarray, first_position: int) -> np.ndarray:
        """Turn x, (num_tokens, num_heads, head_dim), whose tokens stand at first_position, +1, +2, ..."""
        positions = slice(first_position, first_position + len(x))
        cos = self.cos[positions, None, :]  # (num_tokens, 1, head_dim / 2)
        sin = self.sin[positions, None, :]
        left, right = np.split(x, 2, axis=-1)
        return np.concatenate((left * cos - right * sin, right * cos + left * sin), axis=-1)
