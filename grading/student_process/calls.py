"""Answers the judge's calls of the student's functions, for the time of one test."""

import builtins
import contextlib
import io
import linecache
import random
import resource
import signal
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from grading.wire.channel import Channel
from grading.wire.mirror import Mirror

ENGINE = "mini_vllm"


class JudgesObject:
    """Stands for an object of the judge's: its public methods and plain attributes can be used."""

    def __init__(self, calls: "Calls", number: int, name: str) -> None:
        self.__dict__.update(_calls=calls, _number=number, _name=name)

    def __getattr__(self, name: str) -> Any:
        return self._calls.ask({"op": "get", "n": self._number, "name": name})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._calls.import_method(self._number, None)(*args, **kwargs)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(
            f"{name} belongs to the {self._name} that was passed to your function, and cannot be changed."
        )

    def __repr__(self) -> str:
        return f"<{self._name}>"


class Calls:
    """Serves one test: hands over the names that it asks for, then answers its calls."""

    def __init__(self, channel: Channel, names: dict[str, Any], message: dict) -> None:
        self.channel, self.user_ns, self.message = channel, names, message
        self.mirror = Mirror(1, self._export, self._import)
        self.given: list[tuple[Any, dict]] = []  # dataclasses from the judge, and what they held

    def serve(self) -> None:
        seconds = self.message["seconds"]
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process
        signal.setitimer(signal.ITIMER_REAL, seconds)
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu = int(used.ru_utime + used.ru_stime + seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        values = {
            name: self.mirror.encode(self.user_ns[name]) for name in self.message["names"] if name in self.user_ns
        }
        remove_engine_code(self.message["provided"])
        self.channel.send({"op": "names", "values": values})
        while (message := self.channel.receive())["op"] != "end":
            self.channel.send(self._call(message))

    def ask(self, message: dict) -> Any:
        """Send the judge a question about one of its objects, and return its answer."""
        self.channel.send({**message, "changed": self.mirror.changes()})
        answer = self.channel.receive()
        for changed in answer.get("changed", ()):
            self.mirror.decode(changed)
        if answer["op"] == "raise":
            raise _builtin_error(answer["type"])(answer["message"])
        return self.mirror.decode(answer["v"])

    def _call(self, message: dict) -> dict:
        for changed in message["changed"]:
            self.mirror.decode(changed)
        function = self.mirror.object(message["n"])
        args = [self.mirror.decode(arg) for arg in message["args"]]
        kwargs = {name: self.mirror.decode(arg) for name, arg in message["kwargs"].items()}
        borrowed: list[str] = []
        before = global_rng_states()
        with np.errstate(**message["errstate"]), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                sys.setprofile(lambda frame, event, _: event == "call" and note_engine_call(borrowed, frame, event))
                try:
                    answer = {"op": "return", "v": function(*args, **kwargs)}
                except BaseException as error:  # noqa: B036 (whatever it is, the test goes on)
                    answer = {**_names(error), "op": "raise", "message": _text(error), "own": own_line(error)}
                finally:
                    sys.setprofile(None)
            if changed := [type(made).__name__ for made, before in self.given if vars(made) != before]:
                text = f"your function changed a {changed[0]} that was passed to it, which is frozen."
                answer = {"op": "raise", "type": "FrozenInstanceError", "base": "AttributeError", "message": text}
            if "v" in answer:
                answer["v"] = self.mirror.encode(answer["v"])
        return {
            **answer,
            "changed": self.mirror.changes(),
            "borrowed": borrowed,
            "warned": [[warning.category.__name__, str(warning.message)[:500]] for warning in caught[:10]],
            "global_rngs": [now != old for now, old in zip(global_rng_states(), before)],
        }

    def _export(self, value: Any) -> dict | None:
        if isinstance(value, JudgesObject):
            return {"t": "yours", "n": value._number}
        if callable(value) and not isinstance(value, type):
            name = getattr(value, "__name__", type(value).__name__)
            return {"t": "callable", "n": self.mirror.number(value), "name": str(name)}
        return None

    def _import(self, message: dict) -> Any:
        """A stand-in for what stays with the judge."""
        kind = message["t"]
        if kind == "dataclass":
            made = object.__new__(getattr(sys.modules[message["module"]], message["name"]))
            for field, value in message["v"].items():
                object.__setattr__(made, field, self.mirror.decode(value))
            self.given.append((made, dict(vars(made))))
            return made
        if kind == "method":
            return self.import_method(message["n"], message["name"])
        return self.mirror.adopt(message["n"], JudgesObject(self, message["n"], message["name"]))

    def import_method(self, number: int, name: str | None) -> Callable[..., Any]:
        """A method of one of the judge's objects; None: the object itself, which is a function."""

        def method(*args: Any, **kwargs: Any) -> Any:
            encode = self.mirror.encode
            sent = [encode(arg) for arg in args], {key: encode(arg) for key, arg in kwargs.items()}
            return self.ask({"op": "call", "n": number, "name": name, "args": sent[0], "kwargs": sent[1]})

        return method


def global_rng_states() -> tuple:
    """numpy's and Python's."""
    _, key, position, *_ = np.random.get_state()
    return (key.tobytes(), position), random.getstate()


def note_engine_call(borrowed: list[str], frame: types.FrameType, event: str) -> None:
    """Remember each of the engine's functions that code outside of it calls."""
    name, caller = (f.f_globals.get("__name__", "") if f else "" for f in (frame, frame.f_back))
    if event == "call" and str(name).startswith(ENGINE) and not str(caller).startswith(ENGINE) and len(borrowed) < 20:
        borrowed.append(f"{name}.{frame.f_code.co_name}")


def remove_engine_code(provided: list[str]) -> None:
    """Take the code out of the engine's functions, but for those of the modules that an answer may use.

    What the engine computes is no answer, whatever name it is called by, so a test has no need of it here.
    """
    for module_name, module in list(sys.modules.items()):
        if not module_name.startswith(ENGINE) or module_name in provided:
            continue
        for thing in list(vars(module).values()):
            for function in [thing, *(vars(thing).values() if isinstance(thing, type) else ())]:
                function = getattr(function, "__func__", getattr(function, "fget", function))
                if isinstance(function, types.FunctionType) and str(function.__module__).startswith(ENGINE):
                    if function.__module__ not in provided and not function.__code__.co_freevars:
                        function.__code__ = _gone.__code__
                        function.__defaults__, function.__kwdefaults__ = None, None


def _gone(*args, **kwargs):
    raise RuntimeError("This calls the engine's code; the exercise asks for your own.")


def own_line(error: BaseException) -> list | None:
    """Where the innermost of the student's own lines that an error came through stands: function, number, text."""
    found, trace = None, error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if trace.tb_frame.f_globals.get("__name__") == "__main__":
            found = [code.co_name, trace.tb_lineno, linecache.getline(code.co_filename, trace.tb_lineno).strip()[:500]]
        trace = trace.tb_next
    return found


def _names(error: BaseException) -> dict[str, str]:
    """An error's own name, and that of the kind of Python's own errors which it is."""
    bases = (kind for kind in type(error).__mro__ if getattr(builtins, kind.__name__, None) is kind)
    return {"type": type(error).__name__, "base": next(bases).__name__}


def _builtin_error(name: str) -> type:
    kind = getattr(builtins, name, None)
    return kind if isinstance(kind, type) and issubclass(kind, Exception) else RuntimeError


def _text(value: BaseException) -> str:
    try:
        return str(value)[:2000]
    except BaseException:  # noqa: B036 (it is the student's code)
        return ""
