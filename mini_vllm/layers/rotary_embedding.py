"""Rotary position embedding (Su et al., 2021), in the half-split layout of Hugging Face's Llama."""

import numpy as np


class RotaryEmbedding:
    """Rotates each pair (x[i], x[i + head_dim/2]) by an angle that grows with the position.

    A score q.k then depends on the distance of the two tokens only. K can be cached after the
    rotation, because the angle of a token depends on its own position and on nothing that comes later.
    """

    def __init__(self, head_dim: int, max_position_embeddings: int, base: float) -> None:
        if head_dim % 2:
            raise ValueError(f"head_dim={head_dim} must be even: rotary embedding rotates pairs of numbers.")
        frequencies = base ** -(np.arange(0, head_dim, 2) / head_dim)
        angles = np.outer(np.arange(max_position_embeddings), frequencies)
        # The angles need float64 (position 8,191 is a large angle); what the model computes with is float32.
        self.cos = np.cos(angles).astype(np.float32)
        self.sin = np.sin(angles).astype(np.float32)

    def cos_sin(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `apply_rotary_emb` needs for tokens at `positions`, (num_tokens,): the same in every layer.

        Returns cos of both halves of a head, and sin of one: (num_tokens, 1, head_dim), (num_tokens, 1, head_dim / 2).
        """
        cos = self.cos[positions]
        return np.concatenate((cos, cos), axis=-1)[:, None], self.sin[positions][:, None]


def apply_rotary_emb(x: np.ndarray, cos: np.ndarray, sin: np.ndarray) -> np.ndarray:
    """Rotate x, (num_tokens, num_heads, head_dim): left * cos - right * sin, right * cos + left * sin."""
    half = x.shape[-1] // 2
    turned: np.ndarray = x * cos
    turned[..., :half] -= x[..., half:] * sin
    turned[..., half:] += x[..., :half] * sin
    return turned
