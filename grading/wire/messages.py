"""What judge and student's process can say to each other."""

from typing import Literal

from msgspec import Struct


class Message(Struct, tag=True, frozen=True, forbid_unknown_fields=True):
    """A message, or a value in one."""


# --- values ---


class BigInt(Message):
    """An int beyond 64 bits, as hex."""

    digits: str


class Exact(Message):
    """A Fraction or a Decimal, as text."""

    kind: Literal["Fraction", "Decimal"]
    digits: str


class Bytes(Message):
    data: bytes


class Group(Message):
    kind: Literal["tuple", "frozenset"]
    items: list["Value"]


class Scalar(Message):
    """A number of numpy's."""

    dtype: str
    data: bytes


class List(Message):
    """n: the number of this object within the call; the judge's are even, the student's odd. So in what follows."""

    n: int
    items: list["Value"]


class Dict(Message):
    n: int
    pairs: list[tuple["Value", "Value"]]


class Set(Message):
    n: int
    items: list["Value"]


class Array(Message):
    n: int
    dtype: str
    shape: list[int]
    data: bytes
    is_read_only: bool = False


class Generator(Message):
    """A numpy.random.Generator: its bit generator's state, as JSON."""

    n: int
    state: str


class Same(Message):
    """The list, dict, set, array or generator that has this number in the present call."""

    n: int


class Instance(Message):
    """A dataclass of the engine's or of a lab's. Only the judge sends it."""

    module: str
    name: str
    fields: dict[str, "Value"]


class Kept(Message):
    """An object that stays with the judge. name: of its type. method: of a method of it, which stands for itself."""

    n: int
    name: str = ""
    method: str | None = None


class Function(Message):
    """A function that stays with the student."""

    n: int
    name: str


class Foreign(Message):
    """Any other object of the student's, which stays there: the name of its type, and its repr."""

    n: int
    name: str
    text: str


class Theirs(Message):
    """The judge's word for a Function or a Foreign, when it goes back."""

    n: int


Plain = None | bool | int | float | str | BigInt | Exact | Bytes | Group | Scalar | Same
Mutable = List | Dict | Set | Array | Generator
Value = Plain | Mutable | Instance | Kept | Function | Foreign | Theirs


# --- what a cell shows ---


class Text(Message):
    text: str


class Display(Message):
    text: str = ""
    png: str = ""  # base64


class Failure(Message):
    name: str
    text: str
    traceback: list[str]


# --- from the judge ---


class Files(Message):
    """The submission's files, by path; the first message of all."""

    files: dict[str, bytes]


class Notebook(Message):
    """Begin a notebook, or turn back to it. What follows is for its process, up to Rest."""

    n: int


class Run(Message):
    source: str
    seconds: float


class Fork(Message):
    """Keep a process as the notebook is now, for a test to come."""


class Test(Message):
    """Answer calls in a process of its own: a fork of the notebook as it is, or the one that was kept as `kept`.

    n: comes back with Names; no other test has it. names: those global names of the student's that the test uses.
    provided: modules of the engine that may be called.
    """

    n: int
    names: list[str]
    provided: list[str]
    seconds: float
    kept: int | None = None


class Call(Message):
    n: int
    args: list[Value]
    kwargs: dict[str, Value]
    errstate: dict[str, str]


class Answer(Message):
    """To a question. changed: arguments as they are afterwards, of those that have changed."""

    value: Value
    changed: list[Mutable]


class Refused(Message):
    """A question about an object of the judge's ended in this error."""

    kind: str
    text: str
    changed: list[Mutable]


class End(Message):
    """Of a test, or of a notebook."""


class Rest(Message):
    """Wait until the notebook is turned back to."""


# --- from the student's process ---


class Loaded(Message):
    pass


class Ran(Message):
    outputs: list[Text | Display | Failure]  # noqa: UP007


class Begun(Message):
    """A notebook's process is there. Either side waits for the other's word, so no message is read by the wrong one."""


class Forked(Message):
    n: int


class Names(Message):
    """The values of those names that are set. n: of the Test. too_large: those that would not fit into this message."""

    n: int
    values: dict[str, Value]
    too_large: list[str] = []


class Returned(Message):
    """warned: categories and texts of warnings. drew: whether numpy's and Python's global generators were used."""

    value: Value
    changed: list[Mutable]
    warned: list[tuple[str, str]]
    drew: tuple[bool, bool]


class Raised(Message):
    """base: the name of the error's nearest kind among Python's own. own: function, number and text of a line."""

    kind: str
    base: str
    text: str
    own: tuple[str, int, str] | None
    changed: list[Mutable]
    warned: list[tuple[str, str]]
    drew: tuple[bool, bool]


class Question(Message):
    """Read an attribute of one of the judge's objects (args is None), or call one (method None: the object itself)."""

    n: int
    method: str | None
    args: list[Value] | None
    kwargs: dict[str, Value]
    changed: list[Mutable]


class Ended(Message):
    """A test's process has ended: why, or ""."""

    status: str


class Resting(Message):
    pass


class Gone(Message):
    """A notebook's process has ended: why, or ""."""

    status: str


ToStudent = Files | Notebook | Run | Fork | Test | Call | Answer | Refused | End | Rest
FromStudent = Loaded | Begun | Ran | Forked | Names | Returned | Raised | Question | Ended | Resting | Gone
