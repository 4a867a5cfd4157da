"""The student's functions as the tests see them, and the tests' own objects as the student's functions see them."""

import builtins
import contextlib
import keyword
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NoReturn

import numpy as np

from grading.wire.channel import ChannelError, SilentTooLong
from grading.wire.mirror import Mirror
from labkit.failure import own_line_text

PLAIN = (type(None), bool, int, float, str)
OWN_LINE_CHARS = 120


class CallFailed(RuntimeError):
    """The student's process broke, ended or took too long in the middle of a call."""


class RemoteFunction:
    """A function in the student's process. Called with values, it returns or raises what came of it there."""

    def __init__(self, calls: "RemoteCalls", number: int, name: str) -> None:
        self._calls, self._number = calls, number
        self.__name__ = self.__qualname__ = name if name.isidentifier() else "function"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._calls.call(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class RemoteCalls:
    """The calls of one test.

    channel:    to the student's process, which waits for calls.
    left:       how many seconds are left for it to answer.
    say_little: whether what the student's code says of an error is kept out of the message, because it was called
                from a hidden test, whose numbers it could repeat.
    """

    def __init__(self, channel: Any, left: Callable[[], float], say_little: Callable[[], bool]) -> None:
        self.channel, self.left, self.say_little = channel, left, say_little
        self.mirror = Mirror(0, self._export, self._import)
        self.broken: str | None = None
        self.has_ended = False  # the process that answers
        self.hidden_answers: list[str] = []  # what calls from hidden tests returned

    def call(self, function: RemoteFunction, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Errors: what the function raised, if it is one of Python's own errors; CallFailed."""
        if self.broken:
            raise CallFailed(self.broken)
        encode = self.mirror.encode
        message = {
            "op": "call",
            "n": function._number,
            "args": [encode(arg) for arg in args],
            "kwargs": {key: encode(arg) for key, arg in kwargs.items()},
            "errstate": np.geterr(),
            "changed": self.mirror.changes(),
        }
        try:
            with _unwatched():
                answer = self._answer(message)
            self._replay(answer)
            if answer["op"] == "return":
                with _unwatched():
                    value = self.mirror.decode(answer["v"])
                    if self.say_little():
                        self.hidden_answers.append(repr(value))
                return value
        except ChannelError as error:
            self.broken = f"your code did not answer: {error}"
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            ArithmeticError,
            MemoryError,
            RecursionError,
            SyntaxError,
        ):
            self.broken = "your code's answer cannot be read."
        if self.broken:
            raise CallFailed(self.broken)
        kind, base, text = (str(answer.get(part))[:2000] for part in ("type", "base", "message"))
        name, line = _own_line(answer.get("own"), function.__name__)
        if self.say_little():
            name = line = ""
            text = "(its message is omitted: it could reveal a hidden test)"
            base = base if hasattr(builtins, base) else "Exception"  # a name, too, can be made of numbers
            kind = kind if hasattr(builtins, kind) else base
        error = _error(kind, base, text)
        if line:
            error.add_note(line)
        _raise_in(name or function.__name__, error)

    def _answer(self, message: dict) -> dict:
        """Send a call, and serve what the student's function asks of the tests' objects until it is done."""
        self.channel.send(message, self.left())
        while True:
            if not self.left():  # without this, one who asks quickly enough is listened to for ever
                raise SilentTooLong("it took too long")
            answer = self.channel.receive(self.left())
            for changed in answer.get("changed", ()):
                self.mirror.decode(changed)
            if answer["op"] in ("return", "raise"):
                return answer
            if answer["op"] == "ended":
                self.has_ended = True
                raise ChannelError(str(answer.get("status") or "it ended")[:200])
            try:
                reply = {"op": "value", "v": self._serve(answer)}
            except Exception as error:  # of the tests' own object: the student's function gets to see it
                reply = {"op": "raise", "type": type(error).__name__, "message": str(error)[:2000]}
            self.channel.send({**reply, "changed": self.mirror.changes()}, self.left())

    def _serve(self, question: dict) -> Any:
        """What a public attribute or method of one of the tests' objects gives."""
        number, name = question["n"], question["name"]
        thing = self.mirror.object(number)
        if question["op"] == "call" and name is None and callable(thing):  # a function that the test has passed
            value = thing
        elif not isinstance(name, str) or name.startswith("_") or type(thing) in (list, dict, np.ndarray):
            raise AttributeError(f"{name} cannot be used here.")
        else:
            value = getattr(thing, name)
        if question["op"] == "call":
            args = [self.mirror.decode(arg) for arg in question["args"]]
            return self.mirror.encode(value(*args, **{k: self.mirror.decode(v) for k, v in question["kwargs"].items()}))
        if callable(value):
            return {"t": "method", "n": number, "name": name}
        if not (isinstance(value, (*PLAIN, np.number)) or is_dataclass(value)):
            raise AttributeError(f"{name} cannot be used here; call its methods instead.")
        return self.mirror.encode(value)

    def _replay(self, answer: dict) -> None:
        """Let happen here what happened there beside the result, for those tests that watch it."""
        for name in answer["borrowed"][:20]:
            module, _, function = str(name).rpartition(".")
            if function.isidentifier():  # a frame like that of the engine's function which was called
                space = {"__name__": module}
                exec(compile(f"def {function}(): pass", "<engine>", "exec"), space)
                space[function]()
        for category, text in answer["warned"][:10]:
            kind = getattr(builtins, str(category), UserWarning)
            is_warning = isinstance(kind, type) and issubclass(kind, Warning)
            warnings.warn(str(text)[:500], kind if is_warning else UserWarning, stacklevel=3)
        for was_used, draw in zip(answer["global_rngs"], (np.random.random, random.random)):
            if was_used:
                draw()

    def _export(self, value: Any) -> dict | None:
        if isinstance(value, RemoteFunction) and value._calls is self:
            return {"t": "yours", "n": value._number}
        if is_dataclass(value) and not isinstance(value, type) and type(value).__module__ in sys.modules:
            if type(value).__module__ != "__main__":
                content = {f.name: self.mirror.encode(getattr(value, f.name)) for f in fields(value)}
                kind = type(value)
                return {"t": "dataclass", "module": kind.__module__, "name": kind.__name__, "v": content}
        if isinstance(value, (type, *PLAIN, np.generic, list, dict, tuple, set, frozenset, np.ndarray)):
            return None
        return {"t": "object", "n": self.mirror.number(value), "name": type(value).__name__}

    def _import(self, message: dict) -> Any:
        if message["t"] != "callable":
            raise ValueError(f"Unknown kind of value: {message['t']!r}.")
        number = message["n"]
        if type(number) is not int or number % 2 == 0:
            raise ValueError("The number of a student's function is invalid.")
        return self.mirror.adopt(number, RemoteFunction(self, number, str(message["name"])[:60]))


@contextlib.contextmanager
def _unwatched() -> Iterator[None]:
    """A test that watches calls learns of the student's from _replay; the way there and back is ours, and slow so."""
    profiler = sys.getprofile()
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profiler)


def _own_line(told: Any, tested: str) -> tuple[str, str]:
    """The student's function that raised, and its line as a message shows it; "" for what is not told well."""
    if not (isinstance(told, list) and len(told) == 3):
        return "", ""
    name, number, text = told
    if not (isinstance(name, str) and type(number) is int and isinstance(text, str)):
        return "", ""
    text = "".join(letter if letter.isprintable() else " " for letter in text.strip())
    text = text if len(text) <= OWN_LINE_CHARS else f"{text[: OWN_LINE_CHARS - 3]}..."
    name = name[:60]
    return name, own_line_text(name, number, text, tested) if text and 0 < number < 10**6 else ""


def _raise_in(name: str, error: Exception) -> NoReturn:
    """Raise from a frame like that of the student's function: messages name the function that is not written yet."""
    name = name if name.isidentifier() and not keyword.iskeyword(name) else "function"
    space = {"__name__": "__main__", "error": error}
    exec(compile(f"def {name}(): raise error", "<the student's code>", "exec"), space)
    space[name]()


def _error(type_name: str, base_name: str, text: str) -> Exception:
    """An exception of that name: one of Python's own, or one that is made, of the kind of Python's own `base_name`."""
    for name in (type_name, base_name):
        kind = getattr(builtins, name, None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            continue
        with contextlib.suppress(TypeError):  # UnicodeDecodeError and others want more than a text
            made = kind if name == type_name else type(type_name if type_name.isidentifier() else "Error", (kind,), {})
            return made(text)
    return type(type_name if type_name.isidentifier() else "Error", (Exception,), {})(text)
