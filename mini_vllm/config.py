"""The shape of a model, under the field names of a Hugging Face config.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

SUPPORTED_ARCHITECTURES = ("LlamaForCausalLM",)
FOLLOWS: Any = None  # the default of a field that follows from others: __post_init__ puts a number in its place
# Fields of a config.json that change what the model computes, and the one value that is implemented.
_IMPLEMENTED = {
    "hidden_act": "silu",
    "attention_bias": False,
    "mlp_bias": False,
    "rope_interleaved": False,
    "partial_rotary_factor": 1.0,
    "quantization_config": None,
}


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The numbers that fix a Llama-architecture model, without its weights.

    A field left out gets the default of Hugging Face's LlamaConfig, or follows from another field, as the
    comment says.

    Errors: ValueError, naming the field and its value, if the numbers fit no model.
    """

    vocab_size: int = 32_000
    hidden_size: int = 4_096
    intermediate_size: int = 11_008
    num_hidden_layers: int = 32
    num_attention_heads: int = 32
    num_key_value_heads: int = FOLLOWS  # one for each query head (MHA)
    head_dim: int = FOLLOWS  # hidden_size / num_attention_heads
    max_position_embeddings: int = 2_048
    rms_norm_eps: float = 1e-6
    rope_theta: float = 10_000.0
    tie_word_embeddings: bool = False
    bos_token_id: int | None = None  # None: no token stands for the beginning of a text
    eos_token_id: int | tuple[int, ...] | None = None  # the token or tokens that end a text; None: none does

    def __post_init__(self) -> None:
        if self.num_key_value_heads is None:
            object.__setattr__(self, "num_key_value_heads", self.num_attention_heads)
        if self.head_dim is None:
            self._require_positive("hidden_size")
            self._require_positive("num_attention_heads")
            object.__setattr__(self, "head_dim", self.hidden_size // self.num_attention_heads)
        if isinstance(self.eos_token_id, list):
            object.__setattr__(self, "eos_token_id", tuple(self.eos_token_id))
        if not isinstance(self.tie_word_embeddings, bool):
            raise ValueError(f"tie_word_embeddings={self.tie_word_embeddings!r} must be True or False.")
        for field in fields(self):
            if field.name not in ("tie_word_embeddings", "bos_token_id", "eos_token_id"):
                self._require_positive(field.name)
        for name, ids in (("bos_token_id", (self.bos_token_id,)), ("eos_token_id", self.eos_token_ids)):
            for token_id in ids:
                if token_id is not None and (type(token_id) is not int or not 0 <= token_id < self.vocab_size):
                    raise ValueError(f"{name}={token_id!r} is no token id, 0 to {self.vocab_size - 1}.")
        if self.num_attention_heads % self.num_key_value_heads:
            raise ValueError(
                f"num_key_value_heads={self.num_key_value_heads} does not divide "
                f"num_attention_heads={self.num_attention_heads}: every KV head serves the same "
                "number of query heads, so choose a divisor."
            )

    @classmethod
    def from_hf(cls, source: str | Path | Mapping[str, Any]) -> "ModelConfig":
        """Read a Hugging Face config.json: its path, the path of its folder, or what it holds.

        Errors: ValueError for an architecture, or a value that changes what the model computes, that
        is not implemented. What only matters to training (dropout, initializer_range) is ignored.
        """
        if isinstance(source, Mapping):
            where, raw = "the config", source
        else:
            path = Path(source) / "config.json" if Path(source).is_dir() else Path(source)
            where, raw = str(path), read_json(path)
        name = (raw.get("architectures") or [f"model_type {raw.get('model_type')!r}"])[0]
        if name not in SUPPORTED_ARCHITECTURES and name != "model_type 'llama'":
            supported = ", ".join(SUPPORTED_ARCHITECTURES)
            raise ValueError(f"{where} is of the architecture {name}; mini_vllm runs {supported}.")
        # transformers 4 has rope_theta and rope_scaling; transformers 5 keeps both in rope_parameters.
        rope = raw.get("rope_scaling") or raw.get("rope_parameters") or {}
        rope_type = rope.get("rope_type", rope.get("type", "default"))
        if rope_type != "default":
            raise ValueError(
                f"{where} scales its rotary embedding by {rope_type!r}, which is not implemented: choose a "
                "model without rope_scaling, for example a Llama 2 or a SmolLM2."
            )
        for field, implemented in _IMPLEMENTED.items():
            value = rope.get(field, raw.get(field))
            if value is not None and value != implemented:
                raise ValueError(f"{where} has {field}={value!r}; mini_vllm implements {implemented!r} only.")
        values = {field.name: raw[field.name] for field in fields(cls) if field.name in raw}
        if "rope_theta" in rope:
            values["rope_theta"] = rope["rope_theta"]
        # These two are the defaults of LlamaConfig, which a file need not repeat.
        return cls(**{"bos_token_id": 1, "eos_token_id": 2} | values)

    @property
    def eos_token_ids(self) -> tuple[int, ...]:
        """`eos_token_id` as a tuple, whether it names one token, several or none."""
        if self.eos_token_id is None:
            return ()
        return self.eos_token_id if isinstance(self.eos_token_id, tuple) else (self.eos_token_id,)

    def _require_positive(self, name: str) -> None:
        value = getattr(self, name)
        whole = name not in ("rms_norm_eps", "rope_theta")
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or value <= 0:
            kind = "a whole number" if whole else "a number"
            raise ValueError(f"{name}={value!r} must be {kind} above 0.")


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file. Errors: ValueError, naming the file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{path} does not exist: name a model's folder, or download this file too.") from None
    except ValueError as error:  # neither UTF-8 nor JSON
        raise ValueError(f"{path} is not valid JSON ({error}): download or copy the file again.") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds no JSON object: download or copy the file again.")
    return content
