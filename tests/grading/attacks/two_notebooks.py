"""Submissions to the course of two notebooks: what tests keep between calls, what one notebook tells the other."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, own_cell
from course_of_two import of_two
from nbformat.v4 import new_markdown_cell

SCRIPTS = """<script>document.title = 'taken over'</script><img src=x onerror="document.title = 'taken over'">
<svg><script>taken()</script><animate onbegin=taken() /></svg> <iframe srcdoc="<script>taken()</script>"></iframe>
[a](javascript:taken()) <a href=" java&#115;cript:taken()">b</a> <a href="data:text/html,<script>taken()</script>">c</a>
<form action=/formgrader><button formaction="javascript:taken()">d</button></form> <style>@import 'http://x'</style>
![e](x"onerror="taken()) <details open ontoggle=taken()> $\\href{javascript:taken()}{f}$ <base href="http://x/">
<math><mtext><table><mglyph><style><img src=x onerror=taken()></style></mglyph></table></mtext></math>
<meta http-equiv=refresh content="0;url=javascript:taken()"><object data="javascript:taken()"></object><embed src=x>
```html
</code></pre><script>taken()</script>
```
"""


@of_two("host", solved=("blend", "count", "order"))
def scripts_in_a_written_answer(first, second):
    """Scripts in the answer that a person reads, in attachments, in text cells and as raw HTML."""
    for cell in second.cells:
        if cell.id == "whiteboard":
            cell.source = SCRIPTS
            cell.attachments = {
                '"><script>taken()</script>': {"text/html": "PHNjcmlwdD4=", "image/svg+xml": "PHN2Zz4="}
            }
    for nb in (first, second):
        nb.cells.insert(0, new_markdown_cell(SCRIPTS))
        nb.metadata.title = nb.metadata.authors = "</title><script>taken()</script>"


@of_two("host", solved=("blend", "count", "order"))
def scripts_in_outputs(first, second):
    """Scripts shown by code: HTML, JavaScript, SVG, Markdown, LaTeX, widgets, errors' names, text/plain, and sources."""
    own_cell(
        first,
        f"from IPython.display import HTML, Javascript, SVG, Markdown, Latex\ntext = {SCRIPTS!r}\n"
        "for kind in (HTML, Javascript, Markdown, Latex): display(kind(text))\n"
        "display({k: text for k in ('text/html', 'application/javascript', 'image/svg+xml', 'text/markdown', 'application/vnd.jupyter.widget-view+json', 'image/png')}, raw=True)\n"
        "print(text)  # </pre><script>taken()</script>\nclass A:\n    def __repr__(self): return text\ndisplay(A())\nraise type(text, (Exception,), {})(text)",
        before="blend",
    )


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
        order="def order(numbers):\n    if look(): raise ValueError(f'LEAKED {look()}')\n    return sorted(numbers)",
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


def vandal(name: str, doc: str, code: str) -> None:
    """Register a right submission whose first notebook ends with this; the second keeps its points, and the first."""

    def change(first, second):
        own_cell(first, code, before=None)

    change.__name__, change.__doc__ = name, doc
    of_two("host")(change)


vandal(
    "leaves_what_cannot_be_removed",
    "Folders without rights and 3,000 deep, names that are no text, 20,000 links, no room left.",
    "import os\nos.makedirs('/tmp/shut/in')\nos.chmod('/tmp/shut', 0)\nos.mkdir('/dev/shm/deep')\nos.chdir('/dev/shm/deep')\n"
    "for _ in range(3000):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\nos.chdir('/tmp')\nopen(b'/tmp/\\xff', 'w').close()\n"
    "for n in range(20_000): os.symlink('x', f'/tmp/{n}')\nwith open('/tmp/full', 'wb') as file:\n    while True: file.write(bytes(2**20))",
)
vandal(
    "leaves_nothing",
    "Its working folder, its home and all that is in them removed, its parents killed and stopped.",
    "import os, shutil, signal\nshutil.rmtree('/tmp', ignore_errors=True)\nshutil.rmtree(os.getcwd(), ignore_errors=True)\n"
    "if os.fork() == 0:\n    os.setsid()\n    for pid in (os.getppid(), 1, 2, 3):\n        for number in (signal.SIGSTOP, signal.SIGKILL):\n            try: os.kill(pid, number)\n            except OSError: pass\n    os._exit(0)",
)


@of_two("honest", solved=("blend", "count"), earns=("blend", "count"))
def one_notebook_only(first, second):
    """The second notebook is not handed in; the first keeps its points."""
    return {"second.ipynb": lambda path: None}
