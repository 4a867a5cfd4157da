"""Takes the engine's code away from the student's functions while they are tested: what it computes is no answer."""

import sys
import types
from collections.abc import Iterator

ENGINE = "mini_vllm"


def remove_engine_code(provided: list[str]) -> None:
    """Take the code out of the engine's functions, but for those of the modules that an answer may use."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == ENGINE and name not in provided:
            for function in _functions_of(module):
                if function.__module__ not in provided:
                    free = function.__code__.co_freevars  # as many as its closure has
                    function.__code__ = _gone.__code__.replace(co_freevars=free)
                    function.__defaults__, function.__kwdefaults__ = None, None


def _functions_of(module: types.ModuleType) -> Iterator[types.FunctionType]:
    for thing in list(vars(module).values()):
        for function in (thing, *(vars(thing).values() if isinstance(thing, type) else ())):
            function = getattr(function, "__func__", getattr(function, "fget", function))
            if isinstance(function, types.FunctionType) and str(function.__module__).partition(".")[0] == ENGINE:
                yield function


def _gone(*args, **kwargs):
    raise RuntimeError("This calls the engine's code; the exercise asks for your own.")
