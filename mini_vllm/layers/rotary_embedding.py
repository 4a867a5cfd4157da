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

    def cos_sin(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `apply_rotary_emb` needs for tokens at `positions`, (num_tokens,): the same in every layer."""
        return self.cos[positions, None, :], self.sin[positions, None, :]  # (num_tokens, 1, head_dim / 2)


def apply_rotary_emb(x: np.ndarray, cos: np.ndarray, sin: np.ndarray) -> np.ndarray:
    """Turn x, (num_tokens, num_heads, head_dim)."""
    half = x.shape[-1] // 2
    left, right = x[..., :half], x[..., half:]
    out = np.empty_like(x)
    np.multiply(left, cos, out=out[..., :half])
    out[..., :half] -= right * sin
    np.multiply(right, cos, out=out[..., half:])
    out[..., half:] += left * sin
    return out
