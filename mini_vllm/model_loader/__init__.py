"""Loading models: by name, from a folder in Hugging Face's format, or from a GGUF file."""

from pathlib import Path
from typing import Literal, overload

from mini_vllm.bpe_tokenizer import BPETokenizer
from mini_vllm.model_loader.default_loader import FOLDER_CONTENT, load_config, load_folder_tokenizer, load_model
from mini_vllm.model_loader.gguf_loader import GGUFFile, load_gguf
from mini_vllm.model_loader.pypi_loader import MODELS, is_pulled, pull
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.tokenizer import Tokenizer

__all__ = ["EMBEDDED_MODEL", "MODELS", "get_model", "is_pulled", "load_tokenizer", "pull"]

EMBEDDED_MODEL = "tiny-storyteller"
EMBEDDED_FOLDER = Path(__file__).parents[1] / "embedded"


@overload
def get_model(
    name_or_path: str | Path | None = None, *, skip_tokenizer_init: Literal[False] = False
) -> tuple[LlamaForCausalLM, Tokenizer]: ...


@overload
def get_model(
    name_or_path: str | Path | None = None, *, skip_tokenizer_init: bool
) -> tuple[LlamaForCausalLM, Tokenizer | None]: ...


def get_model(
    name_or_path: str | Path | None = None, *, skip_tokenizer_init: bool = False
) -> tuple[LlamaForCausalLM, Tokenizer | None]:
    """A model and its tokenizer. None, or EMBEDDED_MODEL, is the one in the package; MODELS are downloaded once.

    skip_tokenizer_init: do not look for a tokenizer, and return None for it.

    Errors: ValueError if there is no such model, or it cannot be used; RuntimeError if the download
    fails; ImportError, saying what to install, if a library is missing that only real models need.
    """
    path, pulled = _located(name_or_path)
    try:
        if path.is_file():
            return (GGUFFile(path).model(), None) if skip_tokenizer_init else load_gguf(path)
        model = load_model(path)
        return model, None if skip_tokenizer_init else _folder_tokenizer(path, model.config.eos_token_ids)
    except ValueError as error:
        if pulled:
            raise ValueError(f"{error} It is in the cache: remove {path}, and it is made anew.") from None
        raise


def load_tokenizer(name_or_path: str | Path | None = None) -> Tokenizer:
    """The tokenizer of what `get_model` takes, or of a tokenizer.json or tokenizer.model. Errors: as `get_model`."""
    if name_or_path is not None and Path(name_or_path).name in ("tokenizer.json", "tokenizer.model"):
        name_or_path = Path(name_or_path).parent
    path, _ = _located(name_or_path)
    if path.is_file():
        return GGUFFile(path).tokenizer()
    return _folder_tokenizer(path, load_config(path).eos_token_ids if (path / "config.json").is_file() else ())


def _folder_tokenizer(folder: Path, eos_token_ids: tuple[int, ...]) -> Tokenizer:
    if folder == EMBEDDED_FOLDER:  # needs no library, so it works wherever mini_vllm does
        return BPETokenizer.from_folder(folder, eos_token_ids)
    return load_folder_tokenizer(folder, eos_token_ids)


def _located(name_or_path: str | Path | None) -> tuple[Path, bool]:
    """The folder or the GGUF file of a model, and whether it is in the cache of pulled models."""
    if name_or_path is None or str(name_or_path) == EMBEDDED_MODEL:
        return EMBEDDED_FOLDER, False
    path = Path(name_or_path)
    if path.is_dir():
        return path, False
    if path.is_file():
        with path.open("rb") as file:
            if path.suffix.lower() == ".gguf" or file.read(4) == b"GGUF":
                return path, False
        raise ValueError(f"{path} is not a GGUF file. Give the path of one, or of a folder with {FOLDER_CONTENT}.")
    if str(name_or_path) in MODELS:
        return pull(str(name_or_path)), True
    raise ValueError(
        f"There is no model {str(name_or_path)!r}. Known names: {', '.join([*MODELS, EMBEDDED_MODEL])}. "
        f"Or give the path of a .gguf file, or of a folder with {FOLDER_CONTENT}."
    )
