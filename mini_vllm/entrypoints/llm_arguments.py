"""What `LLM` is given: prompts, the engine's limits, and arguments of vLLM's that users pass by habit."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from inspect import signature
from numbers import Integral
from pathlib import Path
from typing import Any

from mini_vllm.config import read_json
from mini_vllm.engine.input_processor import Prompt
from mini_vllm.engine_config import EngineConfig
from mini_vllm.model_loader import load_tokenizer
from mini_vllm.sampling_params import SamplingParams
from mini_vllm.tokenizer import Tokenizer

# Arguments of vLLM's LLM without effect here, with the values for which that is correct.
_HARMLESS: Mapping[str, tuple[object, ...]] = {
    "dtype": ("auto", "float32"),
    "tensor_parallel_size": (1,),
    "pipeline_parallel_size": (1,),
    "enforce_eager": (True,),
    "trust_remote_code": (False, True),  # a model's code is never run
}
# Fields of generation_config.json that vLLM reads, and their names in SamplingParams.
_DEFAULTS = {name: name for name in ("temperature", "top_p", "top_k", "min_p", "repetition_penalty")}
_DEFAULTS["max_new_tokens"] = "max_tokens"


def engine_limits(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that `EngineConfig.for_model` takes.

    Errors: TypeError that names an unknown argument and those that exist; ValueError for a value of a known
    one that is not implemented.
    """
    of_config = {field.name for field in fields(EngineConfig)} | {*signature(EngineConfig.for_model).parameters}
    known = sorted(of_config - {"model", "limits"})
    for name, value in arguments.items():
        if name not in known and name not in _HARMLESS:
            exist = ", ".join(["model", "tokenizer", "skip_tokenizer_init", *known, *_HARMLESS])
            raise TypeError(f"LLM has no argument {name}={value!r}. It has {exist}.")
        if name in _HARMLESS and value not in _HARMLESS[name]:
            values = " or ".join(map(repr, _HARMLESS[name]))
            raise ValueError(f"{name}={value!r} is not implemented: mini_vllm has {values} only.")
    return {name: value for name, value in arguments.items() if name in known}


def named_tokenizer(name_or_path: str | Path) -> Tokenizer:
    """What `load_tokenizer` finds. Errors: ValueError that names the argument."""
    try:
        return load_tokenizer(name_or_path)
    except ValueError as error:
        raise ValueError(f"tokenizer={str(name_or_path)!r}: {error}") from None


def default_sampling_params(folder: Path) -> SamplingParams:
    """The settings of a model's generation_config.json, or the defaults. Errors: ValueError, naming the file."""
    path = folder / "generation_config.json"
    found = read_json(path) if path.is_file() else {}
    settings = {ours: found[theirs] for theirs, ours in _DEFAULTS.items() if found.get(theirs) is not None}
    try:
        return SamplingParams(**settings)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def with_params(prompts: Any, params: Any) -> list[tuple[Prompt, SamplingParams | None]]:
    """Pair each prompt with its parameters. Errors: TypeError or ValueError, naming it."""
    is_one = isinstance(prompts, (str, bytes, Mapping)) or not hasattr(prompts, "__iter__")
    prompts = [prompts] if is_one else list(prompts)
    if not is_one and prompts and isinstance(prompts[0], Integral):  # one prompt, as token ids
        prompts = [prompts]
    if params is None or isinstance(params, SamplingParams):
        params = [params] * len(prompts)
    if not isinstance(params, Sequence):
        raise TypeError(f"sampling_params={params!r} must be a SamplingParams, or a list of one for each prompt.")
    if len(params) != len(prompts):
        raise ValueError(f"{len(params)} sampling_params were given for {len(prompts)} prompts: give one for each.")
    return list(zip(prompts, params))
