"""The shape of a model, under the field names of a Hugging Face config.json."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mini_vllm.rope_scaling import RopeScaling

# The architecture that a config.json names: its model_type. models/registry.py has the class of each type.
SUPPORTED_ARCHITECTURES = {
    "LlamaForCausalLM": "llama",
    "MistralForCausalLM": "mistral",
    "Qwen2ForCausalLM": "qwen2",
    "Qwen3ForCausalLM": "qwen3",
    "SmolLM3ForCausalLM": "smollm3",
}
FOLLOWS: Any = None  # the default of a field that follows from others: __post_init__ puts a number in its place
_NOT_COUNTS = ("rms_norm_eps", "rope_theta")  # numbers that need not be whole


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The numbers that fix a model, without its weights.

    A field left out gets the default of Hugging Face's LlamaConfig, or follows from another field, as the
    comment says.

    Errors: ValueError, naming the field and its value, if the numbers fit no model.
    """

    model_type: str = "llama"  # a value of SUPPORTED_ARCHITECTURES
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
    rope_scaling: RopeScaling | None = None
    attention_bias: bool = False  # biases of q, k, v and o; Qwen2 always has those of q, k and v
    mlp_bias: bool = False
    sliding_window: int | None = None  # tokens that each token attends to, itself included; None: all before it
    layer_types: tuple[str, ...] | None = None  # "sliding_attention": the layer has the window; None: all have it
    no_rope_layers: tuple[int, ...] | None = None  # 1 for a layer that rotates q and k, 0 for one that does not (NoPE)
    tie_word_embeddings: bool = False
    bos_token_id: int | None = None  # None: no token stands for the beginning of a text
    eos_token_id: int | tuple[int, ...] | None = None  # the token or tokens that end a text; None: none does

    def __post_init__(self) -> None:
        if self.model_type not in SUPPORTED_ARCHITECTURES.values():
            known = ", ".join(SUPPORTED_ARCHITECTURES.values())
            raise ValueError(f"model_type={self.model_type!r} is not implemented; {known} are.")
        if self.num_key_value_heads is None:
            object.__setattr__(self, "num_key_value_heads", self.num_attention_heads)
        if self.head_dim is None:
            self._require_positive("hidden_size")
            self._require_positive("num_attention_heads")
            object.__setattr__(self, "head_dim", self.hidden_size // self.num_attention_heads)
        for name in ("eos_token_id", "layer_types", "no_rope_layers"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type is bool and not isinstance(value, bool):
                raise ValueError(f"{field.name}={value!r} must be True or False.")
            if field.type in (int, float) or (field.name == "sliding_window" and value is not None):
                self._require_positive(field.name)
        for name, ids in (("bos_token_id", (self.bos_token_id,)), ("eos_token_id", self.eos_token_ids)):
            for token_id in ids:
                if token_id is not None and (type(token_id) is not int or not 0 <= token_id < self.vocab_size):
                    raise ValueError(f"{name}={token_id!r} is not a token id, 0 to {self.vocab_size - 1}.")
        if self.num_attention_heads % self.num_key_value_heads:
            raise ValueError(
                f"num_key_value_heads={self.num_key_value_heads} does not divide "
                f"num_attention_heads={self.num_attention_heads}: every KV head serves the same "
                "number of query heads, so choose a divisor."
            )
        self._require_for_each_layer("layer_types", ("full_attention", "sliding_attention"))
        self._require_for_each_layer("no_rope_layers", (0, 1))

    @classmethod
    def from_hf(cls, source: str | Path | Mapping[str, Any]) -> "ModelConfig":
        """Read a Hugging Face config.json: its path, the path of its folder, or what it holds.

        Errors: ValueError for an architecture, or a value that changes what the model computes, that
        is not implemented. What only matters to training (dropout, initializer_range) is ignored.
        """
        from mini_vllm.hf_config import model_config

        return model_config(source)

    @property
    def qkv_bias(self) -> bool:
        """Whether q, k and v have biases."""
        return self.attention_bias or self.model_type == "qwen2"

    @property
    def max_model_len(self) -> int:
        """The longest context in tokens: `max_position_embeddings`, or what linear or yarn scaling makes of it."""
        scaling = self.rope_scaling
        if scaling is None or scaling.rope_type not in ("linear", "yarn"):
            return self.max_position_embeddings
        original = scaling.original_max_position_embeddings or self.max_position_embeddings
        return max(self.max_position_embeddings, int(original * scaling.factor))

    @property
    def layer_windows(self) -> tuple[int | None, ...]:
        """The sliding window of each layer; None: the layer attends to the whole context."""
        types = self.layer_types or ("sliding_attention",) * self.num_hidden_layers
        return tuple(self.sliding_window if kind == "sliding_attention" else None for kind in types)

    @property
    def eos_token_ids(self) -> tuple[int, ...]:
        """`eos_token_id` as a tuple, whether it names one token, several or none."""
        if self.eos_token_id is None:
            return ()
        return self.eos_token_id if isinstance(self.eos_token_id, tuple) else (self.eos_token_id,)

    def _require_positive(self, name: str) -> None:
        value = getattr(self, name)
        whole = name not in _NOT_COUNTS
        is_number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not is_number or not 0 < value < math.inf:  # Python's JSON has NaN and Infinity
            kind = "a whole number" if whole else "a finite number"
            raise ValueError(f"{name}={value!r} must be {kind} above 0.")

    def _require_for_each_layer(self, name: str, known: tuple[object, ...]) -> None:
        values = getattr(self, name)
        if values is None:
            return
        if len(values) != self.num_hidden_layers or not all(value in known for value in values):
            names = " or ".join(map(repr, known))
            raise ValueError(f"{name}={values!r} must be {names} for each of {self.num_hidden_layers} layers.")


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
