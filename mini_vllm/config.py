"""The shape of a model, under the field names of a Hugging Face config.json."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The numbers that fix a Llama-architecture model, without its weights.

    A field left out gets the default of Hugging Face's LlamaConfig, except where the
    comment says that it follows from another field.

    Errors: ValueError, naming the field and its value, if the numbers fit no model.
    """

    vocab_size: int = 32_000
    hidden_size: int = 4_096
    intermediate_size: int = 11_008
    num_hidden_layers: int = 32
    num_attention_heads: int = 32
    num_key_value_heads: int | None = None  # None: one for each query head (MHA)
    head_dim: int | None = None  # None: hidden_size / num_attention_heads
    max_position_embeddings: int = 2_048
    rms_norm_eps: float = 1e-6
    rope_theta: float = 10_000.0
    tie_word_embeddings: bool = False

    def __post_init__(self) -> None:
        if self.num_key_value_heads is None:
            object.__setattr__(self, "num_key_value_heads", self.num_attention_heads)
        if self.head_dim is None:
            self._require_positive("num_attention_heads")
            object.__setattr__(self, "head_dim", self.hidden_size // self.num_attention_heads)
        for field in fields(self):
            if field.name != "tie_word_embeddings":
                self._require_positive(field.name)
        if self.num_attention_heads % self.num_key_value_heads:
            raise ValueError(
                f"num_key_value_heads={self.num_key_value_heads} does not divide "
                f"num_attention_heads={self.num_attention_heads}: every KV head serves the same "
                "number of query heads, so choose a divisor."
            )

    def _require_positive(self, name: str) -> None:
        value = getattr(self, name)
        whole = name not in ("rms_norm_eps", "rope_theta")
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or value <= 0:
            kind = "a whole number" if whole else "a number"
            raise ValueError(f"{name}={value!r} must be {kind} above 0.")
