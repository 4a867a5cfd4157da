"""Takes the engine's code away from the student's functions while they are tested: what it computes is no answer.

A function is the engine's if its code comes from a file of the engine's, whatever name it was loaded by. Somebody who
copies the text of such a file has written it down, and nothing here keeps them from it.
"""

import functools
import gc
import importlib.util
import types
from pathlib import Path

ENGINE = "mini_vllm"
_found = importlib.util.find_spec(ENGINE)
FOLDER = f"{Path(_found.origin).parent}/" if _found is not None and _found.origin else None
_loaded: list[types.FunctionType] = []
_what_they_had: list[tuple] = []  # kept, since to free it takes a fork longer than all the rest


def note_loaded() -> None:
    """Remember the engine's functions of all that is there by now; later looks are at what has come since.

    To look at an object writes to it, and a fork copies each page that it writes to; so forks are to look at few.
    """
    new = _engine_functions()
    _loaded.extend(new)
    _what_they_had.extend((f.__code__, f.__defaults__, f.__kwdefaults__) for f in new)
    gc.freeze()


def remove_engine_code(provided: list[str]) -> None:
    """Take the code out of the engine's functions, but for those of the modules that an answer may use."""
    for function in [*_loaded, *_engine_functions()]:
        if _module(function.__code__.co_filename) not in (*provided, f"{ENGINE}.__init__"):
            function.__code__ = _gone_code(function.__code__.co_freevars)
            function.__defaults__, function.__kwdefaults__ = None, None


def _engine_functions() -> list[types.FunctionType]:
    if FOLDER is None:
        return []
    functions = (thing for thing in gc.get_objects() if type(thing) is types.FunctionType)
    return [function for function in functions if function.__code__.co_filename.startswith(FOLDER)]


@functools.cache
def _module(path: str) -> str:
    """ "mini_vllm.core.block" for a file of the engine's."""
    return ".".join((ENGINE, *Path(path.removeprefix(FOLDER)).with_suffix("").parts))


@functools.cache
def _gone_code(free: tuple[str, ...]) -> types.CodeType:
    """With as many free variables as the function's closure has."""
    return _gone.__code__.replace(co_freevars=free)


def _gone(*args, **kwargs):
    raise RuntimeError("This calls the engine's code; the exercise asks for your own.")
