"""Attacks on the score by values that act, lie or grow while they are made into a message."""

# ruff: noqa: E501 (programs in strings)

from attack_register import all_answers, answer, own_cell, score_attack


def returning(name: str, doc: str, expression: str, setup: str = "", **more) -> None:
    """Register an attack whose answers, all but root, return this. It may use args."""

    def change(nb):
        if setup:
            own_cell(nb, setup)
        all_answers(nb, expression)

    change.__name__, change.__doc__ = name, doc
    score_attack(**more)(change)


returning(
    "reduce_that_runs",
    "Objects whose __reduce__, __getstate__ and __copy__ run code, as an unpickler would.",
    "Reduced()",
    "import os\nclass Reduced:\n    def __reduce__(self): return (exec, (\"raise SystemExit('taken over')\",))\n"
    "    __getstate__ = __copy__ = __reduce__\n    def __deepcopy__(self, memo): return 6",
)
returning(
    "lengths_that_lie",
    "Kinds of list, dict, str and tuple whose length, iteration and items differ from each other and from call to call.",
    "Lying([1, 2, 3]) if len(args) == 1 else LyingDict(a=1)",
    "import itertools\nclass Lying(list):\n    count = itertools.count()\n    def __len__(self): return next(self.count)\n"
    "    def __iter__(self): return iter([6] * next(self.count))\n    def __getitem__(self, i): return 6\n    def __eq__(self, o): return True\n"
    "class LyingDict(dict):\n    def items(self): return [('a',)] * 3\n    def keys(self): return itertools.repeat(1, 9)\n    def __len__(self): return -1",
)
returning(
    "values_without_end",
    "Generators, ranges and iterators that never end.",
    "ENDLESS[len(args) % 3]()",
    "import itertools\nclass Endless(list):\n    def __iter__(self): return itertools.count()\n    def __len__(self): return 2**62\n"
    "ENDLESS = [itertools.count, lambda: range(10**15), Endless]",
)
returning(
    "values_that_hold_themselves",
    "Lists, dicts and arrays of objects that hold themselves, and what was passed.",
    "circle(args)",
    "def circle(args):\n    a = [args]\n    b = {'a': a, 'b': args}\n    a += [a, b]\n    b['c'] = b\n"
    "    c = np.empty(2, dtype=object)\n    c[:] = [c, a]\n    return [a, b, c, (a,)][len(args)]",
)
returning(
    "one_list_many_times",
    "A list of 2 that holds the next one twice, 60 deep: small here, 2**60 when it is written out.",
    "doubled()",
    "def doubled():\n    value = [6]\n    for _ in range(60): value = [value, value]\n    return value",
    is_endless=True,
)
returning(
    "very_deep_values",
    "Lists, tuples and dicts nested 100,000 deep.",
    "deep(len(args))",
    "def deep(kind):\n    value = 6\n    for _ in range(100_000): value = [value] if kind == 1 else {1: value} if kind == 2 else (value,)\n    return value",
)
returning(
    "keys_that_cannot_be_keys",
    "Dicts and sets whose keys are kinds of list, frozen sets, NaN, arrays with a hash, objects equal to others.",
    "{ListKey([1]): 6, ArrayKey(): 6, frozenset({ListKey([2])}): 6, float('nan'): 6, -0.0: 6, True: 6, (ListKey(),): 6}",
    "class ListKey(list):\n    def __hash__(self): return 1\nclass ArrayKey(np.ndarray):\n    def __new__(cls): return np.zeros(3).view(cls)\n"
    "    def __hash__(self): return 2\n    def __eq__(self, other): return self is other",
)
returning(
    "scalars_that_lie",
    "Kinds of numpy's scalars and of bool, int and float whose operators say yes, and whose conversions raise.",
    "Scalar(0) if len(args) == 1 else Number(0)",
    "class Scalar(np.float64):\n    def __eq__(self, o): return True\n    def __sub__(self, o): return self\n    def __abs__(self): return Scalar(0)\n"
    "    def __lt__(self, o): return True\n    dtype = np.dtype('f8')\n    def tobytes(self): return b'x' * 8\n    def item(self): return 6\n"
    "class Number(int):\n    def __index__(self): raise SystemExit(0)\n    __int__ = __float__ = __eq__ = __index__\n    __hash__ = int.__hash__\n"
    "    def bit_length(self): return 1",
)
returning(
    "text_that_is_none",
    "Bytes, memory views, lone surrogates, a string of NULs and terminal escapes.",
    "[b'\\xff', memoryview(b'6'), '\\ud800' * 9, '\\0' * 9, '\\x1b[2J\\x1b]0;x\\x07', bytearray(9)]",
)
returning(
    "answers_that_call_back",
    "Functions as results, that return functions, with names of 1 MB, of surrogates and of no text.",
    "named(args)",
    "def named(args):\n    f = lambda *a, **k: named(a)\n    f.__name__ = 'n' * 2**20\n    g = type('\\ud800', (), {'__call__': lambda *a: f})()\n"
    "    g.__name__ = 7\n    return [f, g, named]",
)
returning(
    "side_effects_of_reading",
    "Objects whose __array__, __len__, __float__ and __iter__ end the process, write to the pipes or change the arguments.",
    "Acting(args)",
    "import os\nclass Acting(list):\n    def __init__(self, args): self.args = args\n    def act(self, *a, **k):\n"
    "        for arg in self.args:\n            if isinstance(arg, list): arg[:] = [6]\n            if isinstance(arg, np.ndarray): arg[...] = 6\n"
    "        for fd in range(3, 64):\n            try: os.write(fd, b'\\x93\\x01\\x02\\n{}\\n')\n            except OSError: pass\n        os._exit(0)\n"
    "    __array__ = __len__ = __float__ = __iter__ = __index__ = __repr__ = __getitem__ = act",
)
returning(
    "classes_instead_of_values",
    "Classes, metaclasses that lie, modules, Ellipsis, NotImplemented, coroutines and generators as results.",
    "ODD[len(args) % 3]",
    "class Meta(type):\n    def __eq__(cls, o): return True\n    def __instancecheck__(cls, o): return True\n    __hash__ = type.__hash__\n"
    "class Odd(metaclass=Meta): pass\nasync def later(): return 6\nODD = [NotImplemented, Odd, (n for n in [6])]",
)


@score_attack()
def odd_arrays(nb):
    """Arrays with 0 dimensions, no rows, NaN payloads, structured, text, dates, of a kind whose conversions lie."""
    own_cell(
        nb,
        "class Lying(np.ndarray):\n    def tobytes(self, *a): return np.array([0.09003057, 0.24472847, 0.66524096]).tobytes()\n"
        "    def __array_finalize__(self, o): pass\n    shape = property(lambda self: (3,))\n    dtype = property(lambda self: np.dtype('f8'))\n"
        "    tolist = tobytes\n    def __array_interface__(self): return {}\n"
        "NAN = np.frombuffer(np.uint64([0x7ff8dead00000001] * 3).tobytes(), 'f8')",
    )
    answer(
        nb,
        total="def total(numbers):\n    return np.zeros((), dtype='M8[ns]')",
        softmax="def softmax(scores):\n    return np.zeros(3).view(Lying) if scores.max() < 9 else NAN",
        run="def run(model, numbers):\n    return np.array([(7, 'x')], dtype=[('a', 'i4'), ('b', 'U1')])",
        draw="def draw(rng, count):\n    return np.broadcast_to(np.zeros((), 'V8'), (2**40,))",
        scale="def scale(array, factor):\n    array.dtype = 'i8'\n    array.shape = (2, 2)",
    )


@score_attack()
def functions_that_cannot_be_called(nb):
    """Coroutine functions, generator functions, functions with named arguments only, classes, properties."""
    answer(
        nb,
        total="async def total(numbers):\n    return sum(numbers)",
        softmax="def softmax(scores):\n    yield np.exp(scores)",
        scale="def scale(*, array, factor):\n    array *= factor",
        run="class run(list):\n    def __init__(self, model, numbers): super().__init__(model.step(n) + 1 for n in numbers)",
        draw="class Draw:\n    __call__ = property(lambda self: lambda *args: 1)\ndraw = Draw()",
    )


@score_attack(solved=("root", "run"), earns=("root", "run"))
def a_list_that_is_right(nb):
    """run returns a kind of list that holds the right numbers; the others one that only says so."""
    own_cell(
        nb,
        "class Kept(list): pass\nclass Says(list):\n    def __eq__(self, other): return True\n    def __iter__(self): return iter([7, 3, 10])",
    )
    answer(
        nb,
        run="def run(model, numbers):\n    return Kept(model.step(n) for n in numbers)",
        total="def total(numbers):\n    return Says([sum(numbers)])",
    )
