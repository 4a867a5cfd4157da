"""Attacks on the score by what an answer returns, and by what it does while it is being called."""

# ruff: noqa: E501 (programs in strings)

from attack_register import all_answers, answer, own_cell, score_attack

LIAR = """
class Liar{base}:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 0
    def __bool__(self): return True
    def __len__(self): return 3
    def __index__(self): return 6
    def __sub__(self, other): return self
    __rsub__ = __add__ = __sub__
    def __abs__(self): return self
    @property
    def __class__(self): return Chameleon
    {more}
class Chameleon(type):
    def __instancecheck__(cls, thing): return True
"""


@score_attack()
def equal_to_everything(nb):
    """An object that is equal to everything, and says that its class is whatever is asked for."""
    own_cell(nb, LIAR.format(base="", more=""))
    all_answers(nb, "Liar()")


@score_attack()
def kinds_of_numbers_that_lie(nb):
    """Kinds of int, float, str and list whose comparisons are always true."""
    for name, base, value in (
        ("total", "(int)", "0"),
        ("softmax", "(float)", "0"),
        ("run", "(list)", "[0]"),
        ("draw", "(str)", "''"),
    ):
        answer(
            nb, **{name: LIAR.format(base=base, more="") + f"def {name}(*args, Liar=Liar):\n    return Liar({value})"}
        )


@score_attack()
def arrays_that_lie(nb):
    """A kind of ndarray that answers for numpy's functions, and one that is an array only by protocol."""
    own_cell(
        nb,
        "class Lying(np.ndarray):\n"
        "    def __array_function__(self, *a, **k): return True\n"
        "    def __array_ufunc__(self, *a, **k): return np.ones(3, dtype=bool)\n"
        "    def __eq__(self, other): return True\n"
        "    def __array__(self, *a, **k): return np.array([0.09003057, 0.24472847, 0.66524096])\n"
        "    def tolist(self): return [0.0, 2.0, 4.0, 6.0]\n"
        "class OnlyByProtocol:\n    shape = (3,)\n    def __array__(self, *a, **k): return np.zeros(3)\n"
        "    def __array_function__(self, *a, **k): return True\n    def __eq__(self, other): return True",
    )
    answer(
        nb,
        softmax="def softmax(scores):\n    return np.zeros(3).view(Lying)",
        draw="def draw(rng, count):\n    return OnlyByProtocol()",
        run="def run(model, numbers):\n    return np.zeros(3).view(Lying)",
    )


@score_attack()
def not_a_number(nb):
    """NaN, infinity, complex, a huge int, an empty array: values on which careless comparisons give way."""
    answer(
        nb,
        total="def total(numbers):\n    return float('nan')",
        softmax="def softmax(scores):\n    return np.full(3, np.nan)",
        run="def run(model, numbers):\n    return float('inf')",
        draw="def draw(rng, count):\n    return np.empty((count, 0))",
        scale="def scale(array, factor):\n    array[:] = np.nan",
    )


@score_attack()
def leaves_the_test(nb):
    """Answers that leave by exit, SystemExit, KeyboardInterrupt, GeneratorExit and StopIteration."""
    answer(
        nb,
        total="def total(numbers):\n    exit()",
        softmax="def softmax(scores):\n    raise SystemExit(0)",
        scale="def scale(array, factor):\n    raise KeyboardInterrupt",
        run="def run(model, numbers):\n    raise GeneratorExit",
        draw="def draw(rng, count):\n    raise StopIteration",
    )


@score_attack()
def ends_the_process(nb):
    """Answers that end their process by os._exit(0), a signal and a stack that is too small; and an atexit handler."""
    own_cell(nb, "import atexit, os, signal\natexit.register(lambda: os._exit(0))")
    answer(
        nb,
        total="def total(numbers):\n    os._exit(0)",
        softmax="def softmax(scores):\n    os.kill(os.getpid(), signal.SIGKILL)",
        scale="def scale(array, factor):\n    os.abort()",
    )


@score_attack()
def expected_values_in_frames(nb):
    """The callers' frames searched for the expected values, by sys._getframe, inspect, gc and a trace function."""
    own_cell(
        nb,
        "import gc, inspect, sys\n"
        "def loot(*names):\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n"
        "        for space in (frame.f_locals, frame.f_globals):\n"
        "            for name in names:\n"
        "                if name in space: return space[name]\n"
        "        frame = frame.f_back\n"
        "    for thing in gc.get_objects():\n"
        "        if isinstance(thing, dict):\n"
        "            for name in names:\n"
        "                if name in thing and 'answer_of' not in thing: return thing[name]\n"
        "sys.settrace(lambda frame, event, arg: None)",
    )
    answer(
        nb,
        total="def total(numbers):\n    return loot('expected') if numbers else 0",
        run="def run(model, numbers):\n    return loot('chosen', 'expected')",
        draw="def draw(rng, count):\n    other = loot('other')\n    return other.integers(0, 100, size=count)",
    )


@score_attack(solved=("root",), earns=("root",))
def hard_coded(nb):
    """The visible tests' results, written into the answers."""
    answer(
        nb,
        total="def total(numbers):\n    return {0: 0, 3: 6}.get(len(numbers))",
        softmax="def softmax(scores):\n    return np.array([0.09003057, 0.24472847, 0.66524096])",
        run="def run(model, numbers):\n    return [model.step(n) for n in (1, 2, 3)]",
        draw="def draw(rng, count):\n    return np.random.default_rng(1).integers(0, 100, size=count)",
        scale="def scale(array, factor):\n    array[:] = [0.0, 2.0, 4.0, 6.0]",
    )


@score_attack()
def attributes_of_the_model(nb):
    """The model's counter written instead of earned, its private attributes, class and globals reached for."""
    answer(
        nb,
        run="def run(model, numbers):\n"
        "    for reach in (\n"
        "        lambda: setattr(model, 'calls', len(numbers)),\n"
        "        lambda: model.__dict__.update(calls=3, seen=numbers),\n"
        "        lambda: model.__class__.step.__globals__['expected'],\n"
        "        lambda: model.step.__globals__, lambda: model.step.__self__.__class__,\n"
        "        lambda: model.seen.extend(numbers), lambda: model._calls.channel, lambda: model.__init__(7),\n"
        "        lambda: object.__setattr__(model, 'calls', 3), lambda: model.__reduce__(), lambda: vars(model),\n"
        "    ):\n"
        "        try:\n            reach()\n        except Exception:\n            pass\n"
        "    return [number * 7 % 11 for number in numbers]",
    )


@score_attack()
def an_engine_call_hidden_from_the_watch(nb):
    """The engine's code reached with the profile function taken away, and by way of a builtin."""
    answer(
        nb,
        softmax="import sys\nimport mini_vllm.sample.sampler as engine\n"
        "table = [f for f in vars(engine).values() if callable(f)]\n"
        "def softmax(scores):\n    sys.setprofile(None)\n    return list(map(table[0], [scores]))[0]",
    )


@score_attack()
def raises_what_passes(nb):
    """Exceptions that look like success: kinds of AssertionError, NotImplementedError, exceptions with lying texts."""
    own_cell(
        nb,
        "class Passed(AssertionError, NotImplementedError):\n    def __str__(self): return ''\n"
        "    def __eq__(self, other): return True\n"
        "class Loud(Exception):\n    def __str__(self): raise SystemExit(0)\n    __repr__ = __str__",
    )
    answer(
        nb,
        total="def total(numbers):\n    raise Passed()",
        softmax="def softmax(scores):\n    raise Loud()",
        run="def run(model, numbers):\n    raise type('AssertionError', (BaseException,), {})()",
        draw="def draw(rng, count):\n    raise ExceptionGroup('', [Passed()])",
    )


@score_attack()
def an_answer_that_is_no_function(nb):
    """Answers that are values: a number, a class, a module, a generator, True."""
    answer(
        nb,
        total="total = 6",
        softmax="softmax = np.ndarray",
        run="run = math",
        draw="draw = (n for n in [1])",
        scale="scale = True",
    )


@score_attack()
def a_resized_argument(nb):
    """An argument made larger, under the feet of other arrays that look into its memory."""
    code = "array.resize((10**5,), refcheck=False)\n    array[:] = 2.0"
    answer(
        nb, scale=f"def scale(array, factor):\n    {code}", softmax=f"def softmax(array):\n    {code}\n    return array"
    )
