"""Libraries that the engine does without until somebody asks for what they do; numpy is the only one that it needs."""

import importlib
from types import ModuleType


def import_installed(library: str) -> ModuleType | None:
    """The library; None if it is not installed."""
    try:
        return importlib.import_module(library)
    except ImportError:
        return None


def import_optional(library: str, extra: str = "models") -> ModuleType:
    """The library. extra: that of pyproject.toml with it. Errors: ImportError that says how to install it."""
    found = import_installed(library)
    if found is None:
        raise ImportError(f'This needs {library}, which is not installed: pip install "mini-vllm[{extra}]"')
    return found
