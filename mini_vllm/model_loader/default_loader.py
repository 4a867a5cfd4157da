"""Folders in Hugging Face's format, and the folders that mini_vllm prepares from other formats."""

import contextlib
import dataclasses
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from mini_vllm.config import ModelConfig, read_json
from mini_vllm.model_loader.safetensors import SafetensorsFile, save_file
from mini_vllm.model_loader.sentencepiece_model import load_sentencepiece
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.models.registry import model_class
from mini_vllm.sentencepiece_tokenizer import SentencePieceTokenizer
from mini_vllm.tokenizer import FastTokenizer

FOLDER_CONTENT = (
    "config.json, model.safetensors (or model.safetensors.index.json and its parts), tokenizer.json or tokenizer.model"
)


class LazyWeights(Mapping[str, np.ndarray]):
    """Arrays by name, each read when it is asked for: a model of 2 GB is never in memory twice."""

    def __init__(self, readers: Mapping[str, Callable[[], np.ndarray]]) -> None:
        self._readers = dict(readers)

    def __getitem__(self, name: str) -> np.ndarray:
        return self._readers[name]()

    def __contains__(self, name: object) -> bool:  # Mapping's own would read the array
        return name in self._readers

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


def load_folder_tokenizer(folder: Path, eos_token_ids: tuple[int, ...] = ()) -> FastTokenizer | SentencePieceTokenizer:
    """The tokenizer of a folder: tokenizer.json, or else tokenizer.model. Errors: ValueError, naming the file."""
    with _naming(folder / "tokenizer_config.json"):
        if (folder / "tokenizer.json").is_file():
            return FastTokenizer.from_folder(folder, eos_token_ids)
        if (folder / "tokenizer.model").is_file():
            return load_sentencepiece(folder, eos_token_ids)
    raise ValueError(
        f"{folder} holds neither tokenizer.json nor tokenizer.model: download one from where the model's weights are, "
        f"or have transformers write it: AutoTokenizer.from_pretrained(...).save_pretrained({str(folder)!r}). "
        "LLM(..., skip_tokenizer_init=True) does without and takes token ids."
    )


def load_config(folder: Path) -> ModelConfig:
    """What config.json says, and generation_config.json of the tokens that end a text. Errors: as `load_model`."""
    with _naming(folder / "config.json"):
        config = ModelConfig.from_hf(folder)
    generation = folder / "generation_config.json"
    if generation.is_file():
        with _naming(generation):
            named = read_json(generation).get("eos_token_id")
            config = config if named is None else dataclasses.replace(config, eos_token_id=named)
    return config


def load_model(folder: Path) -> LlamaForCausalLM:
    """The model of a folder that holds config.json and model.safetensors. Errors: ValueError, naming the file."""
    path, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if not (folder / "config.json").is_file() or not (path.is_file() or index.is_file()):
        pickled = next(folder.glob("pytorch_model*.bin"), None)
        hint = f" {pickled.name} is not read: have transformers save the model as safetensors." if pickled else ""
        raise ValueError(f"{folder} is not a model's folder: one holds {FOLDER_CONTENT}.{hint}")
    config = load_config(folder)
    with _naming(index):
        files = [SafetensorsFile(path)] if path.is_file() else _parts(index)
    readers = {name: partial(file.read, name) for file in files for name in file.names}
    return build(config, LazyWeights(readers), path if path.is_file() else index)


def _parts(index: Path) -> Collection[SafetensorsFile]:
    weight_map = read_json(index).get("weight_map")
    if not isinstance(weight_map, dict):
        raise ValueError(f"{index} holds no weight_map: download or copy the file again.")
    parts: dict[str, SafetensorsFile] = {}
    for name, part in weight_map.items():
        if not (index.parent / part).is_file():
            raise ValueError(f"{index.parent / part} is missing, a part that {index.name} names: download it too.")
        parts[part] = parts.get(part) or SafetensorsFile(index.parent / part)
        if name not in parts[part].names:
            raise ValueError(f"{index.parent / part} holds no {name}, against {index.name}: download both again.")
    return parts.values()


def build(config: ModelConfig, weights: Mapping[str, np.ndarray], path: Path) -> LlamaForCausalLM:
    """The model of these weights, with the file named in every error."""
    try:
        return model_class(config)(config, weights)
    except (KeyError, NotImplementedError, ValueError) as error:
        raise ValueError(f"{path}: {error.args[0]} Config and weights must be of the same model.") from None
    except MemoryError as error:
        raise ValueError(f"{path}: a model of its config needs more memory than there is ({error}).") from None


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Whatever goes wrong with the content of a file becomes a ValueError that names the file."""
    try:
        yield
    except ValueError as error:
        if any(kind in str(error) for kind in (".json", ".safetensors")):  # it names the file, or another one
            raise
        raise ValueError(f"{path}: {error}") from None
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{path} has another form than expected ({error!r}): download or copy it again.") from error


def save_folder(model: LlamaForCausalLM, tokenizer: FastTokenizer, folder: Path) -> None:
    """Write a folder for `load_model` whose weights need no conversion: matrices are copied from the mapped file as
    they lie.

    Its weights have the names of `model.weights`, so that other software does not mistake them for a checkpoint's.
    """
    config = {"architectures": None, "use_sliding_window": model.config.sliding_window is not None}
    config |= dataclasses.asdict(model.config)
    (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    save_file(model.weights, folder / "model.safetensors")
    tokenizer.save(folder)
