"""Rotary position embedding (Su et al., 2021), in the half-split layout of Hugging Face's Llama."""

import math

import numpy as np

from mini_vllm.config import ModelConfig
from mini_vllm.rope_scaling import RopeScaling

MIN_TABLE = 512  # positions


class RotaryEmbedding:
    """Rotates each pair (x[i], x[i + head_dim/2]) by an angle that grows with the position.

    A score q.k then depends on the distance of the two tokens only. K can be cached after the
    rotation, because the angle of a token depends on its own position and on nothing that comes later.

    freq_factors: (head_dim / 2,), divides the frequencies: a GGUF's form of scaling. None: the config's scaling only.

    Errors: ValueError for an odd head_dim.
    """

    def __init__(self, config: ModelConfig, freq_factors: np.ndarray | None = None) -> None:
        if config.head_dim % 2:
            raise ValueError(f"head_dim={config.head_dim} must be even: rotary embedding rotates pairs of numbers.")
        self.inv_freq = inverse_frequencies(config)  # (head_dim / 2,), radians per position
        if freq_factors is not None:
            self.inv_freq = self.inv_freq / freq_factors
        self.attention_factor = attention_factor(config.rope_scaling)
        self._cos, self._sin = self._table(0)

    def cos_sin(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `apply_rotary_emb` needs for tokens at `positions`, (num_tokens,): the same in every layer.

        Returns cos, cos and -sin, sin for the halves of a head: two arrays of (num_tokens, 1, 2, head_dim / 2).
        """
        num_positions, num_known = int(positions.max()) + 1, len(self._sin)
        if num_positions > num_known:  # the table grows with what is used: a model may have a million positions
            self._cos, self._sin = self._table(max(num_positions, 2 * num_known, MIN_TABLE))
        return self._cos[positions], self._sin[positions]

    def _table(self, num_positions: int) -> tuple[np.ndarray, np.ndarray]:
        # The angles need float64 (position 8,191 is a large angle); what the model computes with is float32.
        angles = np.multiply.outer(np.arange(num_positions), self.inv_freq)
        cos = (np.cos(angles) * self.attention_factor).astype(np.float32)
        sin = (np.sin(angles) * self.attention_factor).astype(np.float32)
        return np.stack((cos, cos), axis=1)[:, None], np.stack((-sin, sin), axis=1)[:, None]


def apply_rotary_emb(x: np.ndarray, cos: np.ndarray, sin: np.ndarray) -> None:
    """Rotate x, (num_tokens, num_heads, head_dim), in place: left * cos - right * sin, right * cos + left * sin."""
    halves = x.reshape(*x.shape[:2], 2, -1)
    crossed = halves[:, :, ::-1] * sin
    halves *= cos
    halves += crossed


def inverse_frequencies(config: ModelConfig) -> np.ndarray:
    """The angle of each pair per position, (head_dim / 2,), float64: rope_theta ** (-2i / head_dim), then scaled."""
    inv_freq: np.ndarray = config.rope_theta ** -(np.arange(0, config.head_dim, 2) / config.head_dim)
    scaling = config.rope_scaling
    # "dynamic" raises rope_theta with the length of a text, from max_position_embeddings on. A text stays below that
    # here, because its cached K would have to be rotated again whenever it grows.
    if scaling is None or scaling.rope_type == "dynamic":
        return inv_freq
    if scaling.rope_type == "linear":
        inv_freq /= scaling.factor
        return inv_freq
    if scaling.rope_type == "llama3":
        kept = _llama3_kept(inv_freq, scaling)
    else:
        kept = _yarn_kept(config, scaling)
    scaled: np.ndarray = kept * inv_freq + (1 - kept) * inv_freq / scaling.factor
    return scaled


def _llama3_kept(inv_freq: np.ndarray, scaling: RopeScaling) -> np.ndarray:
    """How much of each frequency stays: 1 for short wavelengths, 0 for those longer than the context of pretraining."""
    assert scaling.original_max_position_embeddings and scaling.low_freq_factor and scaling.high_freq_factor
    turns = scaling.original_max_position_embeddings * inv_freq / (2 * math.pi)
    low, high = scaling.low_freq_factor, scaling.high_freq_factor
    if low == high:
        return np.where(turns < low, 0.0, 1.0)
    return np.clip((turns - low) / (high - low), 0, 1)


def _yarn_kept(config: ModelConfig, scaling: RopeScaling) -> np.ndarray:
    """YaRN (Peng et al., 2023): 1 for pairs of more than beta_fast turns in pretraining, 0 for less than beta_slow."""
    assert scaling.original_max_position_embeddings
    dim, context = config.head_dim, scaling.original_max_position_embeddings

    def pair_with(turns: float) -> float:  # which pair turns that often within the context of pretraining
        return dim * math.log(context / (turns * 2 * math.pi)) / (2 * math.log(config.rope_theta))

    low, high = pair_with(scaling.beta_fast), pair_with(scaling.beta_slow)
    if scaling.truncate:
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, dim - 1)
    kept: np.ndarray = 1 - np.clip((np.arange(dim // 2) - low) / (high - low or 0.001), 0, 1)
    return kept


def attention_factor(scaling: RopeScaling | None) -> float:
    """What cos and sin are multiplied by: above 1 with yarn, which makes attention over a longer context sharper."""
    if scaling is None or scaling.rope_type != "yarn":
        return 1.0
    if scaling.attention_factor is not None:
        return scaling.attention_factor

    def grown(mscale: float) -> float:
        return 0.1 * mscale * math.log(scaling.factor) + 1 if scaling.factor > 1 else 1.0

    if scaling.mscale and scaling.mscale_all_dim:
        return grown(scaling.mscale) / grown(scaling.mscale_all_dim)
    return grown(1.0)
