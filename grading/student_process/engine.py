"""Takes the engine's code away from the student's functions while they are tested: what it computes is no answer.

Code is the engine's if it comes from a file of the engine's, whatever name it was loaded by. Somebody who copies the
text of such a file has written it down, and nothing here keeps them from it.

An answer may import a module of the engine whether or not it has been loaded before; only to call its functions is
refused.
"""

import contextlib
import functools
import gc
import importlib
import importlib.abc
import importlib.util
import inspect
import sys
import types
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

ENGINE = "mini_vllm"
_found = importlib.util.find_spec(ENGINE)
FOLDER = f"{Path(_found.origin).parent}/" if _found is not None and _found.origin else None
# Events of sys.addaudithook by which code becomes something that can run, and where among its arguments the code is.
MAKES_CODE_RUN = {"exec": 0, "function.__new__": 0, "object.__setattr__": 2}
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_loaded: list[types.FunctionType] = []
_what_they_had: list[tuple] = []  # kept, since to free it takes a fork longer than all the rest
_allowed = {f"{ENGINE}.__init__"}
_emptied_bodies: set[types.CodeType] = set()  # of modules that have been loaded during a test


def note_loaded() -> None:
    """Remember the engine's functions of all that is there by now; later looks are at what has come since.

    To look at an object writes to it, and a fork copies each page that it writes to; so forks are to look at few.
    """
    new = _engine_functions()
    _loaded.extend(new)
    _what_they_had.extend((f.__code__, f.__defaults__, f.__kwdefaults__) for f in new)
    gc.freeze()


def remove_engine_code(provided: list[str]) -> None:
    """Take the code out of the engine's functions, but for those of the modules that an answer may use.

    Nor does this process run engine code from now on that an answer loads anew, or has kept aside.
    """
    for name in provided:
        with contextlib.suppress(Exception):
            importlib.import_module(name)  # with what it imports, which cannot be loaded later
    _allowed.update(provided)
    _empty_functions()
    if FOLDER is not None:
        sys.meta_path.insert(0, LoadsEmptied())
        sys.addaudithook(_refuse_code)


class LoadsEmptied(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads a module of the engine with functions that hold no code from the start, so that there is no moment to
    call one.
    """

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        found = PathFinder.find_spec(name, path, target) if name.partition(".")[0] == ENGINE else None
        if found is not None:
            found.loader_state, found.loader = found.loader, self
        return found

    def exec_module(self, module: types.ModuleType) -> None:
        code = module.__spec__.loader_state.get_code(module.__name__)
        if not _is_allowed(code):
            code = _emptied(code)
            _emptied_bodies.add(code)
        exec(code, vars(module))


def _empty_functions() -> None:
    for function in [*_loaded, *_engine_functions()]:
        if not _is_allowed(function.__code__):
            function.__code__ = _gone_code(function.__code__.co_freevars)
            function.__defaults__, function.__kwdefaults__ = None, None


def _refuse_code(event: str, arguments: tuple[Any, ...]) -> None:
    """A hook for what Python is about to do. Errors: RuntimeError, which keeps Python from doing it."""
    if event in MAKES_CODE_RUN:
        code = arguments[MAKES_CODE_RUN[event]]
        is_engines = type(code) is types.CodeType and code.co_filename.startswith(FOLDER)
        if is_engines and not _is_allowed(code) and code not in _emptied_bodies:
            _gone()


def _emptied(body: types.CodeType) -> types.CodeType:
    """A module's or a class's code, which makes functions without code. Comprehensions run with it."""
    constants = []
    for part in body.co_consts:
        if isinstance(part, types.CodeType) and part.co_name not in COMPREHENSIONS:
            is_function = part.co_flags & inspect.CO_OPTIMIZED
            part = _gone_code(part.co_freevars) if is_function else _emptied(part)
        constants.append(part)
    return body.replace(co_consts=tuple(constants))


def _engine_functions() -> list[types.FunctionType]:
    if FOLDER is None:
        return []
    functions = (thing for thing in gc.get_objects() if type(thing) is types.FunctionType)
    return [function for function in functions if function.__code__.co_filename.startswith(FOLDER)]


def _is_allowed(code: types.CodeType) -> bool:
    return _module(code.co_filename) in _allowed


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
