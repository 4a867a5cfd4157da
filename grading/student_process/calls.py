"""Answers the judge's calls of the student's functions, for the time of one test."""

import contextlib
import ctypes
import importlib
import io
import math
import random
import resource
import signal
import threading
import warnings
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from grading.student_process.engine import remove_engine_code
from grading.student_process.errors import builtin_error, names_of, own_line, text_of
from grading.wire import messages
from grading.wire.channel import Channel, sendable
from grading.wire.values import Values

MT19937_BYTES = 4 * (624 + 1)  # its words, and the place among them
BYTES_AROUND = 100  # of a name in the message, at most


class JudgesObject:
    """Stands for an object of the judge's: its public methods and plain attributes can be used, and it has copies."""

    def __init__(self, calls: "Calls", number: int, name: str) -> None:
        self.__dict__.update(_calls=calls, _number=number, _name=name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(
                f"{name} of the {self.__dict__.get('_name', 'object')} that was passed cannot be used."
            )
        return self._calls.ask(self._number, name, None, {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._calls.ask(self._number, None, args, kwargs)

    def __copy__(self) -> Any:
        return self._calls.ask(self._number, "__copy__", [], {})

    def __deepcopy__(self, memo: dict) -> Any:
        return self._calls.ask(self._number, "__deepcopy__", [], {})

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(
            f"{name} belongs to the {self._name} that was passed to your function, and cannot be changed."
        )

    def __repr__(self) -> str:
        return f"<{self._name}>"


class Calls:
    """Serves one test: hands over the names that it asks for, then answers its calls."""

    def __init__(self, channel: Channel, user_ns: dict[str, Any]) -> None:
        self.channel, self.user_ns = channel, user_ns
        self.values = Values(False, self._export, self._adopt)
        self.given: list[tuple[Any, dict]] = []  # dataclasses from the judge, and what they held
        self.talks = threading.RLock()  # held by the thread that asks; a repr on the way may ask as well
        self.is_called = False

    def serve(self, test: messages.Test) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process
        signal.setitimer(signal.ITIMER_REAL, test.seconds)
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu = int(used.ru_utime + used.ru_stime + test.seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        self.rng_states = global_rng_states()
        names = self._names(test)
        remove_engine_code(test.provided)
        self.channel.send(names)
        while isinstance(message := self.channel.receive(), messages.Call):
            self.channel.send(self._call(message))
        if not isinstance(message, messages.End):
            raise ValueError(f"A call or the end was expected: {message}.")

    def _names(self, test: messages.Test) -> messages.Names:
        """The values of the names that a test asks for, from the smallest on, as far as a message holds them."""
        wanted = {name: self.user_ns[name] for name in test.names if name in self.user_ns}
        values, sizes = {}, dict.fromkeys(wanted, math.inf)
        for name, value in wanted.items():
            if isinstance(value, np.ndarray) and value.nbytes > self.channel.max_bytes:
                continue
            with contextlib.suppress(MemoryError):
                values[name] = self.values.encode(value)
                sizes[name] = len(name) + len(msgspec.msgpack.encode(values[name]))
        left, too_large = self.channel.max_bytes, []
        for name in sorted(sizes, key=sizes.get):
            left -= sizes[name] + BYTES_AROUND
            too_large += [name] if left < 0 else []
        if too_large:  # the judge is to know none of the numbers that these have been given
            self.values = Values(False, self._export, self._adopt)
            values = {name: self.values.encode(wanted[name]) for name in values if name not in too_large}
        return messages.Names(test.n, values, too_large)

    def ask(self, number: int, method: str | None, args: tuple | None, kwargs: dict[str, Any]) -> Any:
        """Ask the judge about one of its objects, and return its answer. args None: read an attribute.

        Errors: what the object raises; RuntimeError when no call is going on, in which the judge would listen.
        """
        with self.talks:
            if not self.is_called:
                raise RuntimeError("An object that was passed to your function can be used until it returns.")
            encode = self.values.encode
            sent = None if args is None else [encode(arg) for arg in args]
            named = {key: encode(arg) for key, arg in kwargs.items()}
            self.channel.send(messages.Question(number, method, sent, named, self.values.changes()))
            answer = self.channel.receive()
            if not isinstance(answer, (messages.Answer, messages.Refused)):
                raise ValueError(f"An answer was expected: {answer}.")
            self.values.update(answer.changed)
            if isinstance(answer, messages.Refused):
                raise builtin_error(answer.kind)(answer.text)
            return self.values.decode(answer.value)

    def _call(self, call: messages.Call) -> messages.Returned | messages.Raised:
        self.values.begin_call()
        self.given.clear()
        decode = self.values.decode
        args, kwargs = [decode(arg) for arg in call.args], {name: decode(arg) for name, arg in call.kwargs.items()}
        function = self.values.at(call.n)
        self.is_called = True
        with np.errstate(**call.errstate), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                try:
                    value, how = function(*args, **kwargs), None
                except BaseException as error:  # noqa: B036 (whatever it is, the test goes on)
                    value, how = None, (*names_of(error), text_of(error), own_line(error))
            with self.talks:  # a thread of the function's may still be asking
                if changed := [type(made).__name__ for made, held in self.given if vars(made) != held]:
                    text = f"your function changed a {changed[0]} that was passed to it, which is frozen."
                    how = "FrozenInstanceError", "AttributeError", text, None
                encoded = self.values.encode(value)
                changes = self.values.changes()
                self.is_called = False
        warned = [(warning.category.__name__, sendable(str(warning.message)[:500])) for warning in caught[:10]]
        before, self.rng_states = self.rng_states, global_rng_states()
        drew = tuple(now != old for now, old in zip(self.rng_states, before))
        if how is None:
            return messages.Returned(encoded, changes, warned, drew)
        return messages.Raised(*how, changes, warned, drew)

    def _export(self, value: Any) -> messages.Value:
        if isinstance(value, JudgesObject):
            return messages.Kept(value._number)
        if callable(value) and not isinstance(value, type):
            name = str(getattr(value, "__name__", type(value).__name__))[:200]
            return messages.Function(self.values.place(value), sendable(name))
        return None

    def _adopt(self, message: messages.Value) -> Any:
        match message:
            case messages.Theirs(number):
                return self.values.at(number)
            case messages.Instance(module, name, fields):
                made = object.__new__(getattr(importlib.import_module(module), name))
                for field, value in fields.items():
                    object.__setattr__(made, field, self.values.decode(value))
                self.given.append((made, dict(vars(made))))
                return made
            case messages.Kept(number, name, None):
                return JudgesObject(self, number, name)
            case messages.Kept(number, _, method):
                return self._method(number, method)
        raise ValueError(f"A {type(message).__name__} is not the judge's to send.")

    def _method(self, number: int, name: str) -> Callable[..., Any]:
        def method(*args: Any, **kwargs: Any) -> Any:
            return self.ask(number, name, args, kwargs)

        return method


def global_rng_states() -> tuple:
    """numpy's and Python's."""
    generator = np.random.get_bit_generator()
    if type(generator) is np.random.MT19937:  # get_state() takes ten times as long as all of the call
        numpys = ctypes.string_at(generator.ctypes.state_address, MT19937_BYTES)
    else:
        numpys = repr(generator.state)
    return numpys, random.getstate()
