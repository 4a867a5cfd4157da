"""GGUF files, as llama.cpp makes them; dequantised to float32."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from mini_vllm.config import ModelConfig
from mini_vllm.model_loader.default_loader import LazyWeights, build
from mini_vllm.model_loader.gguf_config import gguf_config
from mini_vllm.model_loader.gguf_tokenizer import gguf_tokenizer
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.optional import import_optional
from mini_vllm.sentencepiece_tokenizer import SentencePieceTokenizer
from mini_vllm.tokenizer import FastTokenizer

_WEIGHTS = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_INTERLEAVED = ("llama", "smollm3")  # model types whose q and k llama.cpp reorders


T = TypeVar("T")


class GGUFFile:
    """An opened file: `config`, `tokenizer()` and `model()`.

    Errors: ValueError, naming the file, for one that is cut short or of a model that is not implemented.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            reader = import_optional("gguf").GGUFReader(path)
            self._fields = {name: field.contents() for name, field in reader.fields.items()}
        except (ValueError, IndexError, KeyError, OverflowError) as error:  # as its memory map runs out
            raise ValueError(f"{path} is cut short or no GGUF file ({error}): download or copy it again.") from None
        if (parts := self._fields.get("split.count", 1)) > 1:
            raise ValueError(f"{path} is one of {parts} parts: join them with llama-gguf-split --merge.")
        self._tensors = {tensor.name: tensor for tensor in reader.tensors}
        self.config: ModelConfig = self._understood(lambda: gguf_config(self._fields, self._tensors))

    def tokenizer(self) -> FastTokenizer | SentencePieceTokenizer:
        """Errors: as the constructor's."""
        return self._understood(lambda: gguf_tokenizer(self._fields, self.config.eos_token_ids))

    def model(self) -> LlamaForCausalLM:
        """The model, with all weights dequantised. Errors: as the constructor's."""
        readers = {_hf_name(name): partial(self._float32, name) for name in self._tensors}
        return build(self.config, LazyWeights(readers), self.path)

    def _understood(self, read: Callable[[], T]) -> T:
        """What `read` makes of the fields, with the file named in every error."""
        try:
            return read()
        except KeyError as error:
            raise ValueError(f"{self.path} lacks the field {error}: it is not the GGUF of a language model.") from None
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None
        except (AttributeError, TypeError) as error:
            raise ValueError(
                f"{self.path} has a field of another type than expected ({error}): download it again."
            ) from error

    def _float32(self, name: str) -> np.ndarray:
        tensor = self._tensors[name]
        array: np.ndarray = import_optional("gguf").quants.dequantize(tensor.data, tensor.tensor_type)
        heads = {"attn_q": self.config.num_attention_heads, "attn_k": self.config.num_key_value_heads}
        part = name.split(".")[-2] if name.count(".") == 3 else ""
        if part not in heads or self.config.model_type not in _INTERLEAVED:
            return array
        # There llama.cpp rotates the pairs (x[2i], x[2i+1]) of q and k, Hugging Face (x[i], x[i + head_dim/2]): the
        # rows of each head lie in the file as the first wants them, and so do their biases.
        turned: np.ndarray = array.reshape(heads[part], -1, 2, *array.shape[1:]).swapaxes(1, 2).reshape(array.shape)
        return turned


def load_gguf(path: Path) -> tuple[LlamaForCausalLM, FastTokenizer | SentencePieceTokenizer]:
    """The model and the tokenizer of a file. Errors: as `GGUFFile`."""
    file = GGUFFile(path)
    tokenizer = file.tokenizer()  # before the weights, because it takes less time to fail
    return file.model(), tokenizer


def _hf_name(name: str) -> str:
    """blk.0.attn_q.weight -> model.layers.0.self_attn.q_proj.weight; unknown names are returned unchanged."""
    if name.count(".") not in (1, 3):
        return name
    *layer, part, kind = name.split(".")
    prefix = f"model.layers.{layer[1]}." if layer else ""
    return f"{prefix}{_WEIGHTS[part]}.{kind}" if part in _WEIGHTS else name
