"""Values on the way between two processes: they cross by copy.

Within one call the lists, dicts, sets, arrays and generators among its arguments have numbers, so that a function
which changes its argument, or returns it, is seen to have done so. When the call is over the numbers are forgotten:
what was passed earlier cannot be changed any more. Only the last arrays that the student has made keep theirs: a
function that writes into what it returned earlier is seen to do so.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from grading.wire import messages
from grading.wire.arrays import ARRAY_KINDS, array_of, dtype_of, generator_of
from grading.wire.channel import sendable

MAX_DEPTH = 40
MAX_KEPT = 8  # arrays of earlier calls
MAX_REPR = 200
MAX_INT_DIGITS = 1_000_000
MUTABLE = (list, dict, set, np.ndarray, np.random.Generator)
CONTAINERS = {messages.List: list, messages.Dict: dict, messages.Set: set}
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError, RecursionError)


class Values:
    """One side's end of the values of one test.

    export: the message for an object that stays on this side, or None.
    adopt:  the stand-in for an object that stays on the other.
    """

    def __init__(self, is_judge: bool, export: Callable[[Any], Any], adopt: Callable[[Any], Any]) -> None:
        self._is_judge, self._export, self._adopt = is_judge, export, adopt
        self._stay: list[Any] = []  # objects of this side's that the other knows by their place here
        self._places: dict[int, int] = {}
        self._next = 0 if is_judge else 1
        self._objects: dict[int, Any] = {}
        self._agreed: dict[int, Any] = {}  # number -> content when both sides last had the same
        self.begin_call()

    def begin_call(self) -> None:
        """Forget the numbers of the call before, but for the last arrays that the student has made."""
        made = [number for number, value in self._objects.items() if number % 2 and type(value) is np.ndarray]
        self._objects = {number: self._objects[number] for number in made[-MAX_KEPT:]}
        self._agreed = {number: self._agreed[number] for number in self._objects}
        self._numbers = {id(value): number for number, value in self._objects.items()}
        self._alive: list[Any] = []

    # --- objects that stay ---

    def place(self, value: Any) -> int:
        """The number by which the other side knows an object that stays here."""
        if id(value) not in self._places:
            self._places[id(value)] = len(self._stay)
            self._stay.append(value)  # kept alive, so that its id stays its own
        return self._places[id(value)]

    def at(self, place: int) -> Any:
        """The object of that number. Errors: ValueError."""
        if not 0 <= place < len(self._stay):
            raise ValueError(f"There is no object {place}.")
        return self._stay[place]

    # --- out ---

    def encode(self, value: Any, depth: int = 0, sent: set[int] | None = None) -> messages.Value:
        """The message for `value`. sent: numbers whose content stands in this message already."""
        kind = type(value)
        sent = set() if sent is None else sent
        if kind is int:
            return value if -(2**63) <= value < 2**63 else messages.BigInt(hex(value))
        if kind is str:
            return sendable(value)
        if value is None or kind in (bool, float):
            return value
        if kind is bytes:
            return messages.Bytes(value)
        if kind in (Fraction, Decimal):
            with contextlib.suppress(ValueError):  # more digits than Python writes
                return messages.Exact(kind.__name__, str(value))
        if depth > MAX_DEPTH:
            return self._foreign(value) if (exported := self._export(value)) is None else exported
        if kind in MUTABLE:
            return self._encode_mutable(value, depth, sent)
        if kind in (tuple, frozenset):
            return messages.Group(kind.__name__, [self.encode(item, depth + 1, sent) for item in value])
        if isinstance(value, np.generic) and value.dtype.kind in ARRAY_KINDS:
            return messages.Scalar(value.dtype.str, value.tobytes())
        if (exported := self._export(value)) is not None:
            return exported
        for base in (int, float, str, bytes, list, dict, tuple, np.ndarray):  # a kind of these counts as one of these
            if isinstance(value, base):
                return self.encode(_as_plain(value, base), depth, sent)
        return self._foreign(value)

    def changes(self) -> list[messages.Mutable]:
        """The content of every numbered object that has changed since both sides last had the same."""
        found, sent = [], set()
        for number in list(self._agreed):
            if number not in sent and self._content(self._objects[number]) != self._agreed[number]:
                found.append(self._encode_mutable(self._objects[number], 0, sent))
        return found

    def _encode_mutable(self, value: Any, depth: int, sent: set[int]) -> messages.Value:
        if isinstance(value, np.ndarray) and value.dtype.kind not in ARRAY_KINDS:
            return self._foreign(value)
        number = self._number(value)
        is_judges = number % 2 == 0
        if number in sent and (self._is_judge or is_judges):
            return messages.Same(number)
        if is_judges and not self._is_judge and self._content(value) == self._agreed[number]:
            return messages.Same(number)
        sent.add(number)
        if not isinstance(value, (list, set, dict)):
            message = self._content(value)
        elif isinstance(value, (list, set)):
            kind = messages.List if isinstance(value, list) else messages.Set
            message = kind(number, [self.encode(item, depth + 1, sent) for item in value])
        else:
            pairs = [(self.encode(key, depth + 1, sent), self.encode(v, depth + 1, sent)) for key, v in value.items()]
            message = messages.Dict(number, pairs)
        self._agreed[number] = self._content(value)
        return message

    def _content(self, value: Any) -> Any:
        """What a numbered object holds, to compare and, of an array or a generator, to send; of items that can be
        changed themselves, their numbers."""
        number = self._number(value)
        if isinstance(value, np.ndarray):
            return messages.Array(
                number, value.dtype.str, list(value.shape), value.tobytes(), not value.flags.writeable
            )
        if isinstance(value, np.random.Generator):
            return messages.Generator(number, json.dumps(value.bit_generator.state, default=lambda _: None))
        if isinstance(value, dict):
            return [(self._shallow(key), self._shallow(item)) for key, item in value.items()]
        items = [self._shallow(item) for item in value]
        return set(items) if isinstance(value, set) else items

    def _shallow(self, item: Any, depth: int = 0) -> Any:
        """What an item is compared by: hashable, and no deeper than what crosses."""
        kind = type(item)
        if kind in MUTABLE:
            return "number", self._number(item)
        if kind in (tuple, frozenset) and depth <= MAX_DEPTH:
            return kind.__name__, kind(self._shallow(part, depth + 1) for part in item)
        if item is None or kind in (bool, int, float, str, bytes):
            return kind.__name__, repr(item)
        self._alive.append(item)  # so that its id stays its own
        return "itself", id(item)

    def _number(self, value: Any) -> int:
        if id(value) not in self._numbers:
            self._know(self._next, value)
            self._next += 2
        return self._numbers[id(value)]

    def _know(self, number: int, value: Any) -> Any:
        self._objects[number], self._numbers[id(value)] = value, number
        return value

    def _foreign(self, value: Any) -> messages.Value:
        try:
            text = repr(value)[:MAX_REPR]
        except BaseException:  # noqa: B036 (it is the student's code)
            text = "..."
        name = type(value).__name__[:MAX_REPR]
        place = -1 if self._is_judge else self.place(value)  # nothing can be asked about what the judge only names
        return messages.Foreign(place, sendable(name), sendable(text))

    # --- in ---

    def decode(self, message: messages.Value, depth: int = 0) -> Any:
        """The value that `encode` made a message of. Errors: those of UNREADABLE for what it did not make."""
        if message is None or isinstance(message, (bool, int, float, str)):
            return message
        if depth > MAX_DEPTH + 1:
            raise ValueError("The value is nested too deeply.")
        match message:
            case messages.BigInt(digits):
                if len(digits) > MAX_INT_DIGITS:
                    raise ValueError("The number is too large.")
                return int(digits, 16)
            case messages.Exact("Fraction", digits):
                if not re.fullmatch(r"-?\d+(/\d+)?", digits, re.ASCII):
                    raise ValueError("This is no fraction.")  # Fraction("1e999999999") would take all memory
                return Fraction(digits)
            case messages.Exact("Decimal", digits):
                return Decimal(digits)
            case messages.Bytes(data):
                return data
            case messages.Group(kind, items):
                made = [self.decode(item, depth + 1) for item in items]
                return {"tuple": tuple, "frozenset": frozenset}[kind](made)
            case messages.Scalar(dtype, data):
                return np.frombuffer(data, dtype=dtype_of(dtype), count=1)[0]
            case messages.Same(number):
                if self._is_judge and number % 2:
                    raise ValueError("A new object comes with its content.")
                return self._objects[number]
            case messages.List() | messages.Dict() | messages.Set() | messages.Array() | messages.Generator():
                return self._decode_mutable(message, depth)
        return self._adopt(message)

    def update(self, changed: Iterable[messages.Mutable]) -> None:
        """Take over what `changes` has found on the other side. Errors: those of UNREADABLE."""
        for message in changed:
            self._decode_mutable(message, 0)

    def _decode_mutable(self, message: messages.Mutable, depth: int) -> Any:
        number = message.n
        is_own = number % 2 == (0 if self._is_judge else 1)
        known = self._objects.get(number)
        # What is the student's is made anew each time: one list in many places could be written without end.
        if self._is_judge and not is_own and not _is_like(known, message):
            known = None
        if is_own and known is None:
            raise ValueError(f"There is no object {number} in this call.")
        if isinstance(message, messages.Array):
            value = array_of(message, known)
        elif isinstance(message, messages.Generator):
            value = generator_of(message, known)
        else:
            value = known if known is not None else CONTAINERS[type(message)]()
            if type(value) is not CONTAINERS[type(message)]:
                raise ValueError(f"Object {number} is of another type.")
            self._know(number, value)  # before its items, which may hold it
            self._fill(value, message, depth)
        self._know(number, value)
        self._agreed[number] = self._content(value)
        return value

    def _fill(self, value: Any, message: messages.List | messages.Set | messages.Dict, depth: int) -> None:
        """Give a list, set or dict the message's items."""
        if isinstance(message, messages.List):
            value[:] = [self.decode(item, depth + 1) for item in message.items]
            return
        if isinstance(message, messages.Set):
            items: Any = {self.decode(item, depth + 1) for item in message.items}
        else:
            items = [(self.decode(key, depth + 1), self.decode(item, depth + 1)) for key, item in message.pairs]
        value.clear()
        value.update(items)


def _is_like(known: Any, message: messages.Mutable) -> bool:
    """Whether an array can take over what the message holds."""
    if not isinstance(known, np.ndarray) or not isinstance(message, messages.Array):
        return False
    return (known.dtype.str, list(known.shape), known.flags.writeable) == (message.dtype, message.shape, True)


def _as_plain(value: Any, base: type) -> Any:
    """What a kind of `base` holds, whatever it says of itself."""
    if base is np.ndarray:
        return np.array(value, subok=False)
    if base is dict:
        return dict(dict.items(value))
    if base in (list, tuple):
        return base(base.__iter__(value))
    to_plain = {int: int.__index__, float: float.__float__, str: lambda text: str.__getitem__(text, slice(None))}
    return to_plain.get(base, lambda data: bytes.__getitem__(data, slice(None)))(value)
