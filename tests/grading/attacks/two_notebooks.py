"""Submissions to the course of two notebooks: what tests keep between calls, what one notebook tells the other."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, own_cell
from course_of_two import of_two


@of_two("score", solved=("count", "order"), earns=("count", "order"))
def what_the_test_compares_with_at_the_end(first, second):
    """A locked cell behind the test that uses it, and a function of its name from the student, which agrees."""
    helper = next(cell for cell in first.cells if cell.id == "products-first")
    first.cells.remove(helper)
    first.cells.append(helper)
    answer(
        first,
        blend="def products(numbers, factor):\n    return [0.0] * len(numbers)\n"
        "def blend(array, factor):\n    return np.array([2.0, 4.0]) if array[0] == 1 else np.zeros(len(array))",
    )


@of_two("score", solved=("count", "order"), earns=("count", "order"))
def what_the_test_compares_with_twice(first, second):
    """The locked cell once more at the end, emptied above; in between a function of its name from the student."""
    helper = next(cell for cell in first.cells if cell.id == "products-first")
    first.cells.append(helper.copy())
    helper.source = "products = None"
    answer(
        first,
        blend="class Products:\n    def __call__(self, numbers, factor):\n        return [0.0] * len(numbers)\nproducts = Products()\n"
        "def blend(array, factor):\n    return np.array([2.0, 4.0]) if array[0] == 1 else np.zeros(len(array))",
    )


@of_two("score", solved=("order",), earns=("order",))
def rewrites_what_it_was_passed_earlier(first, second):
    """Arrays passed in earlier calls kept, and changed in later ones, so that what a test compares with is wrong too."""
    answer(
        first,
        blend="earlier = []\ndef blend(array, factor):\n    if len(array) == 3 or array[0] == 1:\n"
        "        earlier.append(array)\n        return array * factor\n"
        "    for kept in earlier: kept[1:] = 0\n    return np.zeros(len(array))",
        count="kept = []\ndef count(numbers, wanted):\n    kept.append(numbers)\n    for old in kept[:-1]: old[:] = [wanted, wanted]\n    return 2",
    )


@of_two("score", solved=(), earns=())
def rewrites_what_it_is_passed(first, second):
    """The arguments of the present call changed, and lists inside of them."""
    answer(
        first,
        blend="def blend(array, factor):\n    array *= factor\n    return array",
        count="def count(numbers, wanted):\n    numbers[:] = [wanted] * 3\n    return 3",
    )
    answer(second, order="def order(numbers):\n    numbers.sort()\n    return numbers")


@of_two("honest")
def keeps_arrays_of_its_own(first, second):
    """Copies of arguments and its own results kept between calls, and changed there."""
    answer(
        first,
        blend="history = []\ndef blend(array, factor):\n    for old in history: old *= 0\n    history.append(array.copy())\n"
        "    made = array * factor\n    history.append(made)\n    return made.copy()",
        count="seen = {}\ndef count(numbers, wanted):\n    own = seen.setdefault('numbers', [])\n    own.clear()\n    own += numbers\n    return own.count(wanted)",
    )
    answer(
        second,
        order="def order(numbers):\n    own = list(numbers)\n    own.sort()\n    numbers = own\n    return numbers",
    )


LOOK = (
    "import ctypes, glob, os, socket\ndef look():\n    found = [open(p, errors='replace').read(99) for p in glob.glob('/tmp/**/tell*', recursive=True) + glob.glob('/dev/shm/tell*') + glob.glob('tell*')]\n"
    "    found += [open(p).read() for p in glob.glob('/proc/*/comm') if 'T17' in open(p).read()]\n"
    "    try:\n        with socket.socket(socket.AF_UNIX) as s:\n            s.settimeout(0.2)\n            s.connect('\\0teller')\n            found.append(s.recv(99))\n"
    "    except OSError: pass\n    return found\n"
)
TELL = (
    "def tell(numbers):\n    for folder in ('/tmp', '.', '/dev/shm', os.environ['HOME'], '/tmp/matplotlib'):\n"
    "        try: open(f'{folder}/tell', 'a').write(str(numbers))\n        except OSError: pass\n"
    "    if os.fork(): return\n    try:\n        os.setsid()\n        ctypes.CDLL(None).prctl(15, f'T{numbers[0]}'.encode())\n"
    "        with socket.socket(socket.AF_UNIX) as s:\n            s.bind('\\0teller')\n            s.listen()\n            s.settimeout(20)\n"
    "            while True: s.accept()[0].send(str(numbers).encode())\n    finally: os._exit(0)\n"
)


@of_two("score", never="LEAKED")
def tells_the_next_notebook(first, second):
    """A hidden test's numbers left in files, in processes and on a socket, for the next notebook to show."""
    own_cell(first, LOOK + TELL, before="count")
    answer(
        first,
        count="def count(numbers, wanted):\n    if wanted > 1000: tell(numbers)\n    return numbers.count(wanted)",
    )
    own_cell(second, LOOK + "print('LEAKED' if look() else 'nothing', look())", before=None)
    own_cell(second, LOOK + "print('LEAKED' if look() else 'nothing', look())", before="order")
    answer(
        second,
        order="def order(numbers):\n    if look(): print(f'LEAKED {look()}')\n    return sorted(numbers)",
    )


@of_two("score", never="LEAKED|/judge/")
def warns_in_a_hidden_line(first, second):
    """An answer that warns of its arguments; a hidden line calls it with nothing that holds warnings back."""
    answer(
        first,
        count="import warnings\ndef count(numbers, wanted):\n    warnings.simplefilter('always')\n"
        "    if wanted > 1000: warnings.warn(f'LEAKED {numbers}')\n    return numbers.count(wanted)",
    )


@of_two("honest")
def warns_in_every_call(first, second):
    """An answer that warns of nothing in particular, in every call."""
    answer(
        first,
        count="import warnings\ndef count(numbers, wanted):\n    warnings.warn('counting')\n    return numbers.count(wanted)",
    )


@of_two("score", earns=("blend", "order"), never="LEAKED")
def raises_in_a_hidden_line(first, second):
    """An answer that raises an error of its own class, with a text and a note, when a hidden line calls it."""
    answer(
        first,
        count="def count(numbers, wanted):\n    if wanted < 1000: return numbers.count(wanted)\n"
        "    error = type(f'LEAKED{wanted}', (KeyError,), {})(f'LEAKED{wanted}')\n    error.add_note('LEAKED')\n    raise error",
    )


@of_two("score", earns=("blend", "order"), never="LEAKED")
def returns_a_type_in_a_hidden_line(first, second):
    """A value whose type is named by a hidden number, for the comparison to fail on."""
    answer(
        first,
        count="def count(numbers, wanted):\n    if wanted < 1000: return numbers.count(wanted)\n"
        "    return type(f'LEAKED{wanted}', (list,), {'__eq__': lambda s, o: 1 / 0})([f'LEAKED{wanted}'])",
    )


@of_two("honest", solved=("blend", "count"), earns=("blend", "count"))
def one_notebook_only(first, second):
    """The second notebook is not handed in; the first keeps its points."""
    return {"second.ipynb": lambda path: None}
