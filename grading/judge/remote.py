"""The student's functions as the tests see them, and the tests' own objects as the student's functions see them."""

import builtins
import contextlib
import copy
import keyword
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NoReturn

import numpy as np

from grading.judge.imitations import believed_status, students_name
from grading.wire import messages
from grading.wire.channel import Channel, ChannelError, SilentTooLong
from grading.wire.values import MUTABLE, UNREADABLE, Values
from labkit.failure import own_line_text

COPIES = {"__copy__": copy.copy, "__deepcopy__": copy.deepcopy}
MAX_COPIES = 2000  # in one test: they are made here, where the judge's memory is
PLAIN = (type(None), bool, int, float, str, bytes)
OWN_LINE_CHARS = 120


class CallFailed(RuntimeError):
    """The student's process broke, ended or took too long in the middle of a call."""


class Stays:
    """Stands for an object that stays in the student's process: of it only its type's name and its repr are known."""

    def __repr__(self) -> str:
        return self._text


class RemoteFunction:
    """A function in the student's process. Called with values, it returns or raises what came of it there."""

    def __init__(self, calls: "RemoteCalls", number: int, name: str) -> None:
        self._calls, self._number = calls, number
        self.__name__ = self.__qualname__ = name if name.isidentifier() else "function"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._calls.call(self, args, kwargs)

    def __deepcopy__(self, memo: dict) -> "RemoteFunction":
        return self  # as of any function

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class RemoteCalls:
    """The calls of one test.

    channel: to the student's process, which waits for calls. left: how many seconds are left for it to answer.
    """

    def __init__(self, channel: Channel, left: Callable[[], float]) -> None:
        self.channel, self.left = channel, left
        self.values = Values(True, self._export, self._adopt)
        self.broken: str | None = None
        self.has_ended = False  # the process that answers
        self._num_copies = 0
        self.missing: set[str] = set()  # names that the student's code did not find
        self.too_large: set[str] = set()  # names whose values did not fit into a message

    def call(self, function: RemoteFunction, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Errors: what the function raised, if it is one of Python's own errors; CallFailed."""
        if self.broken:
            raise CallFailed(self.broken)
        try:
            with _unwatched():
                self.values.begin_call()
                encode = self.values.encode
                sent = [encode(arg) for arg in args], {key: encode(arg) for key, arg in kwargs.items()}
                answer = self._answer(messages.Call(function._number, *sent, np.geterr()))
                self.values.update(answer.changed)
                value = self.values.decode(answer.value) if isinstance(answer, messages.Returned) else None
        except ChannelError as error:
            self.broken = f"your code did not answer: {error}"
        except UNREADABLE:
            self.broken = "your code's answer cannot be read."
        if self.broken:
            raise CallFailed(self.broken)
        self._replay(answer)
        if isinstance(answer, messages.Returned):
            return value
        self._raise(function, answer)

    def _answer(self, call: messages.Call) -> messages.Returned | messages.Raised:
        """Send a call, and serve what the student's function asks of the tests' objects until it is done."""
        self.channel.send(call, self.left())
        while True:
            if not self.left():  # without this, one who asks quickly enough is listened to for ever
                raise SilentTooLong("it took too long")
            answer = self.channel.receive(self.left())
            if isinstance(answer, (messages.Returned, messages.Raised)):
                return answer
            if isinstance(answer, messages.Ended):
                self.has_ended = True
                raise ChannelError(believed_status(answer.status, "it ended"))
            if not isinstance(answer, messages.Question):
                raise ChannelError("it said something else")
            self.values.update(answer.changed)
            try:
                reply: Any = messages.Answer(self._serve(answer), self.values.changes())
            except Exception as error:  # of the tests' own object: the student's function gets to see it
                reply = messages.Refused(type(error).__name__, str(error)[:2000], self.values.changes())
            self.channel.send(reply, self.left())

    def _serve(self, question: messages.Question) -> messages.Value:
        """What a public attribute or method of one of the tests' objects gives, or a copy of it."""
        thing = self.values.at(question.n)
        if question.method in COPIES:
            self._num_copies += 1
            if self._num_copies > MAX_COPIES:
                raise MemoryError(f"The objects of one test cannot be copied more than {MAX_COPIES:,} times.")
            return self.values.encode(COPIES[question.method](thing))
        if question.method is None and callable(thing):  # a function that the test has passed
            value = thing
        elif question.method is None or question.method.startswith("_") or type(thing) in MUTABLE:
            raise AttributeError(f"{question.method} cannot be used here.")
        else:
            value = getattr(thing, question.method)
        if question.args is not None:
            decode = self.values.decode
            args = [decode(arg) for arg in question.args]
            return self.values.encode(value(*args, **{key: decode(arg) for key, arg in question.kwargs.items()}))
        if callable(value):
            return messages.Kept(question.n, method=question.method)
        if not (isinstance(value, (*PLAIN, np.number)) or is_dataclass(value)):
            raise AttributeError(f"{question.method} cannot be used here; call its methods instead.")
        return self.values.encode(value)

    def _replay(self, answer: messages.Returned | messages.Raised) -> None:
        """Let happen here what happened there beside the result, for those tests that watch it."""
        for category, text in answer.warned[:10]:
            kind = getattr(builtins, category, UserWarning)
            is_warning = isinstance(kind, type) and issubclass(kind, Warning)
            warnings.warn(text[:500], kind if is_warning else UserWarning, stacklevel=3)
        for was_used, draw in zip(answer.drew, (np.random.random, random.random)):
            if was_used:
                draw()

    def _raise(self, function: RemoteFunction, answer: messages.Raised) -> NoReturn:
        kind, base, text = (part[:2000] for part in (answer.kind, answer.base, answer.text))
        name, line = _own_line(answer.own, function.__name__)
        error = _error(students_name(kind), base, text)
        if isinstance(error, NameError):
            error.name = next((word for word in text.split("'")[1:2] if word.isidentifier()), None)
            self.missing |= {error.name} - {None}
        if line:
            error.add_note(line)
        _raise_in(name or function.__name__, error)

    def _export(self, value: Any) -> messages.Value:
        if isinstance(value, (RemoteFunction, Stays)):
            return messages.Theirs(value._number)
        if is_dataclass(value) and not isinstance(value, type) and type(value).__module__ in sys.modules:
            if type(value).__module__ != "__main__":
                content = {f.name: self.values.encode(getattr(value, f.name)) for f in fields(value)}
                return messages.Instance(type(value).__module__, type(value).__name__, content)
        if isinstance(value, (type, *PLAIN, np.generic, tuple, set, frozenset, *MUTABLE)):
            return None
        return messages.Kept(self.values.place(value), type(value).__name__)

    def _adopt(self, message: messages.Value) -> Any:
        match message:
            case messages.Function(number, name):
                return RemoteFunction(self, number, name[:60])
            case messages.Foreign(
                number, name, text
            ):  # its type has the same name, so that a message about it reads right
                stand_in = type(name[:60] if name.isidentifier() else "object", (Stays,), {})()
                stand_in._number, stand_in._text = number, " ".join(text[:200].splitlines())
                return stand_in
            case messages.Kept(number, _, None):
                return self.values.at(number)
        raise ValueError(f"A {type(message).__name__} is not the student's to send.")


@contextlib.contextmanager
def _unwatched() -> Iterator[None]:
    """A test may watch calls by a profile function; the way there and back is ours, and slow when it is watched."""
    profiler = sys.getprofile()
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profiler)


def _own_line(told: tuple[str, int, str] | None, tested: str) -> tuple[str, str]:
    """The student's function that raised, and its line as a message shows it; "" for what is not told well."""
    if told is None:
        return "", ""
    name, number, text = told
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
