"""The vectors of tokens."""

import numpy as np


def embedding(token_ids: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(num_tokens, hidden_size). weight: (vocab_size, hidden_size), or the tiles of its transpose (see linear.py)."""
    width = weight.shape[-1]
    vectors: np.ndarray = weight[token_ids] if weight.ndim == 2 else weight[token_ids // width, :, token_ids % width]
    return vectors
