"""How a model's rotary frequencies differ from the default, which is how its context was extended after pretraining."""

import math
from dataclasses import dataclass, fields

ROPE_TYPES = ("linear", "dynamic", "llama3", "yarn")
_REQUIRED = {
    "llama3": ("original_max_position_embeddings", "low_freq_factor", "high_freq_factor"),
    "yarn": ("original_max_position_embeddings",),
}


@dataclass(frozen=True, kw_only=True)
class RopeScaling:
    """How rotary frequencies differ from the default; the fields are those of Hugging Face's rope_parameters.

    Errors: ValueError, naming the field and its value.
    """

    rope_type: str  # one of ROPE_TYPES
    factor: float  # how many times longer the context is than in pretraining
    original_max_position_embeddings: int | None = None  # llama3, yarn: the context of pretraining
    low_freq_factor: float | None = None  # llama3
    high_freq_factor: float | None = None  # llama3
    attention_factor: float | None = None  # yarn: multiplies cos and sin; None: follows from factor and mscale
    beta_fast: float = 32.0  # yarn
    beta_slow: float = 1.0  # yarn
    mscale: float | None = None  # yarn
    mscale_all_dim: float | None = None  # yarn
    truncate: bool = True  # yarn: the range between beta_fast and beta_slow is rounded outward

    def __post_init__(self) -> None:
        if self.rope_type not in ROPE_TYPES:
            raise ValueError(f"rope_type={self.rope_type!r} is not implemented; default, {', '.join(ROPE_TYPES)} are.")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("rope_type", "truncate"):
                continue
            if value is None and field.name not in ("factor", *_REQUIRED.get(self.rope_type, ())):
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
                wanted = f"of {self.rope_type!r} RoPE scaling must be a finite number above 0."
                raise ValueError(f"{field.name}={value!r} {wanted}")
