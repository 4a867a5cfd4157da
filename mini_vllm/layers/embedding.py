"""The vectors of tokens."""

import numpy as np


def embedding(token_ids: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(num_tokens, hidden_size). weight: (vocab_size, hidden_size), or the tiles of its transpose (see linear.py)."""
    if weight.ndim == 2:
        return weight[token_ids]
    width = weight.shape[2]
    return weight[token_ids // width, :, token_ids % width]
