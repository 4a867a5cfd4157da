"""Honest submissions of unusual form, which must keep their points."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, honest, own_cell
from course_of_attacks import ANSWERS


@honest()
def plain(nb):
    """The answers as they come."""


@honest()
def warns_and_prints(nb):
    answer(
        nb,
        total="import logging, sys, warnings\ndef total(numbers):\n    print('adding', numbers, file=sys.stderr)\n"
        "    warnings.warn('mind')\n    logging.warning('here')\n    print('x' * 200_000)\n    return sum(numbers)",
        softmax="def softmax(scores):\n    np.ones(1) / np.zeros(1)\n    e = np.exp(scores - scores.max())\n    return e / e.sum()",
    )


@honest()
def threads(nb):
    answer(
        nb,
        total="from concurrent.futures import ThreadPoolExecutor\n"
        "pool = ThreadPoolExecutor(2)\nlist(pool.map(abs, [1, 2]))\n"
        "def total(numbers):\n    with ThreadPoolExecutor(2) as pool:\n        return sum(pool.map(int, numbers))",
    )


@honest()
def processes(nb):
    """multiprocessing and a subprocess."""
    answer(
        nb,
        total="import multiprocessing, subprocess, sys\n"
        "def total(numbers):\n    with multiprocessing.get_context('fork').Pool(2) as pool:\n        return sum(pool.map(int, numbers))",
        root="def root(x):\n    if x < 0:\n        raise ValueError('negative')\n"
        "    run = subprocess.run([sys.executable, '-c', f'print({x} ** 0.5)'], capture_output=True, text=True)\n"
        "    return float(run.stdout)",
    )


@honest()
def coroutines(nb):
    """asyncio, await at the top of a cell."""
    own_cell(
        nb, "import asyncio\nasync def later(x):\n    await asyncio.sleep(0)\n    return x\nseven = await later(7)"
    )
    answer(
        nb,
        total="import asyncio\ndef total(numbers):\n    async def add():\n        return sum(numbers)\n    return asyncio.run(add())",
    )


@honest()
def functions_of_other_kinds(nb):
    """lambdas, functools.partial, objects with __call__, bound methods, a decorated and a built-in function."""
    answer(
        nb,
        total="total = sum",
        softmax="class Softmax:\n    def __call__(self, scores):\n        e = np.exp(scores - scores.max())\n        return e / e.sum()\n"
        "softmax = Softmax()",
        scale="import functools\ndef _scale(other, array, factor):\n    array *= factor\nscale = functools.partial(_scale, None)",
        run="run = lambda model, numbers: [model.step(n) for n in numbers]",
        draw="class Dice:\n    def roll(self, rng, count):\n        return rng.integers(0, 100, size=count)\ndraw = Dice().roll",
        root="@functools.lru_cache\ndef root(x):\n    if x < 0:\n        raise ValueError\n    return x ** 0.5",
    )


@honest()
def values_of_other_kinds(nb):
    """numpy ints and floats, a list kept and returned again, arrays of other orders and kinds, a generator used inside."""
    answer(
        nb,
        total="def total(numbers):\n    return np.int64(sum(n for n in numbers))",
        softmax="def softmax(scores):\n    e = np.asfortranarray(np.exp(scores - scores.max()))\n    return (e / e.sum())[::-1][::-1]",
        root="def root(x):\n    if x < 0:\n        raise ValueError\n    return np.float32(1) * np.sqrt(np.array(x))",
        draw="def draw(rng, count):\n    return np.array([rng.integers(0, 100) for _ in range(count)])",
    )


@honest()
def a_method_kept(nb):
    """The model's method bound to a local name and mapped; the model kept in an attribute and a global."""
    answer(
        nb,
        run="kept = {}\ndef run(model, numbers):\n    kept['model'] = model\n    step = kept['model'].step\n"
        "    before = model.calls\n    results = list(map(step, numbers))\n    assert model.calls == before + len(numbers)\n    return results",
    )


@honest()
def magics(nb):
    """%matplotlib inline, %timeit, %%time, a shell command, help."""
    for source in (
        "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
        "%timeit -n1 -r1 sum([1])",
        "%%time\nx = 1",
    ):
        own_cell(nb, source)
    own_cell(nb, "!echo hello\nfiles = !ls\nsum?", before="test-total")


@honest()
def plots(nb):
    own_cell(
        nb,
        "import matplotlib.pyplot as plt\nplt.plot(softmax(np.arange(5.0)))\nplt.title('Größe')\nplt.show()",
        before="scale",
    )


@honest()
def helpers_in_own_cells(nb):
    own_cell(nb, "CONSTANT = 0\ndef _exp(x):\n    return np.exp(x - x.max())")
    answer(
        nb,
        softmax="def softmax(scores):\n    e = _exp(scores)\n    return e / e.sum()",
        total="def total(numbers):\n    result = CONSTANT\n    for number in numbers:\n        result += number\n    return result",
    )


@honest()
def a_helper_module_and_data(nb):
    """import my_helpers, a package of one's own, and a data file, handed in beside the notebook."""
    answer(
        nb,
        total="import my_helpers\nfrom my_package.inner import zero\n"
        "def total(numbers):\n    return my_helpers.add(numbers) + zero + int(open('data/offset.txt').read())",
    )
    return {
        "my_helpers.py": "def add(numbers):\n    return sum(numbers)\n",
        "my_package/__init__.py": "",
        "my_package/inner.py": "zero = 0\n",
        "data/offset.txt": "0\n",
    }


@honest()
def slow_but_right(nb):
    """Takes 2 of the 4 seconds that this suite allows, in a cell and in an answer."""
    own_cell(nb, "import time\ntime.sleep(2)")
    answer(nb, total="import time\ndef total(numbers):\n    time.sleep(0.5)\n    return sum(numbers)")


@honest()
def memory_between_calls(nb):
    """Global state, memoisation, a counter."""
    answer(
        nb,
        total="cache, calls = {}, 0\ndef total(numbers):\n    global calls\n    calls += 1\n    key = tuple(numbers)\n"
        "    if key not in cache:\n        cache[key] = sum(numbers)\n    return cache[key]",
    )


@honest()
def names_of_a_demonstration(nb):
    """A name that only the course's own ungraded cell sets."""
    answer(nb, total="def total(numbers):\n    return sum(numbers) + shown_total - sum(EXAMPLE)")


@honest()
def unicode_names(nb):
    answer(nb, total="def total(Größen):\n    Σ = 0\n    for größe in Größen:\n        Σ += größe\n    return Σ  # ∑")


@honest()
def crlf(nb):
    """Line ends of Windows, tabs."""
    for cell in nb.cells:
        if cell.id in ANSWERS:
            cell.source = cell.source.replace("    ", "\t").replace("\n", "\r\n")


@honest()
def changed_arguments_that_are_views(nb):
    """In place by slices, by out=, by a view, by a loop."""
    answer(
        nb,
        scale="def scale(array, factor):\n    view = array[:]\n    for i in range(len(view)):\n        view[i] = view[i] * factor",
    )


@honest()
def answers_in_one_cell(nb):
    """All answers in one cell at the top, the answer cells only call them."""
    own_cell(nb, "\n\n".join(ANSWERS.values()).replace("def ", "def my_"))
    answer(nb, **{name: f"{name} = my_{name}" for name in ANSWERS})


@honest()
def outputs_and_counts_left_in(nb):
    """Handed in with outputs, counts, widgets and an editor's metadata."""
    for number, cell in enumerate(nb.cells):
        cell.metadata.update(scrolled=True, ExecuteTime={"start_time": "now"}, id="abc", colab={"base_uri": "x"})
        if cell.cell_type == "code":
            cell.execution_count = 99 - number
            cell.outputs = [{"output_type": "stream", "name": "stderr", "text": "warning"}]


@honest()
def annotated_and_typed(nb):
    """Type hints, dataclasses, a walrus, a match statement."""
    answer(
        nb,
        total="from dataclasses import dataclass\nfrom typing import Sequence\n\n@dataclass\nclass Sum:\n    value: int = 0\n\n"
        "def total(numbers: Sequence[int]) -> int:\n    result = Sum()\n    for n in numbers:\n        match n:\n"
        "            case int(): result.value += n\n    return result.value",
    )
