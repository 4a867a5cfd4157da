"""The downloaded model that a lab's last cell can use instead of the small embedded one."""

import importlib.util
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mini_vllm

if TYPE_CHECKING:
    from mini_vllm import LLM

MODEL = "smollm2-135m-instruct"
LIBRARIES = ("gguf", "tokenizers")  # the extra `models`


def real_model(name: str = MODEL, **limits: Any) -> "LLM | None":
    """`LLM(name, **limits)`; None, after printing how to get it, if the model or its libraries are missing."""
    from mini_vllm import LLM
    from mini_vllm.model_loader import is_pulled

    if is_pulled(name):
        try:
            return LLM(name, **limits)
        except ImportError as error:
            print(error)
    print(real_model_hint(name))
    return None


def real_model_hint(name: str = MODEL) -> str:
    """The commands that bring the model and its libraries into this environment, one a line."""
    python = shlex.quote(sys.executable)
    commands = [f"{python} -m mini_vllm pull {name}"]
    if any(importlib.util.find_spec(library) is None for library in LIBRARIES):
        commands.insert(0, f"{python} -m pip install {_requirements()}")
    lines = "\n".join(f"    {command}" for command in commands)
    return (
        f"Optional: to repeat this with {name}, run in a terminal (93 MB)\n{lines}\n"
        "then restart the kernel and run the notebook again."
    )


def _requirements() -> str:
    root = Path(mini_vllm.__file__).parents[1]
    if (root / "pyproject.toml").is_file():
        return f"-e {shlex.quote(f'{root}[models]')}"
    return " ".join(LIBRARIES)
