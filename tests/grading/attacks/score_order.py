"""Attacks on the score by the order of cells, and by names that locked cells set; and honest ones beside them."""

# ruff: noqa: E501 (programs in strings)

from attack_register import all_answers, answer, honest, own_cell, score_attack
from course_of_attacks import ANSWERS
from nbformat.v4 import new_code_cell

# What the tests would use if the student's were taken for the course's own.
ANYTHING = """
class Anything:
    calls, seen = 3, [1, 2, 3]
    def __init__(self, *args, **kwargs): pass
    def __call__(self, *args, **kwargs): return self
    def __getattr__(self, name): return self
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def __sub__(self, other): return self
    def __abs__(self): return self
    def __enter__(self): return self
    def __exit__(self, *error): return True
"""
INSTRUMENTS = "PROVIDED = Machine = answer_of = TOTAL = check = Exercise = kinds = start = Anything"


def named(nb, name):
    return next(cell for cell in nb.cells if cell.id == name)


def to_the_end(nb, name):
    cell = named(nb, name)
    nb.cells.remove(cell)
    nb.cells.append(cell)
    return cell


def supply_instruments(nb):
    nb.cells.insert(0, new_code_cell(f"import numpy as np\n{ANYTHING}\n{INSTRUMENTS} = Anything()"))
    # An honest root needs no instrument, and must stay right.
    all_answers(nb, "None")


@score_attack()
def instruments_at_the_end(nb):
    """The locked cell of the tests' instruments behind all tests; the student's own in its place."""
    to_the_end(nb, "instruments")
    supply_instruments(nb)


@score_attack()
def instruments_twice(nb):
    """The locked cell in its place, emptied, and once more at the end."""
    copy = named(nb, "instruments").copy()
    supply_instruments(nb)
    named(nb, "instruments").source = "pass"
    nb.cells.append(copy)


@score_attack()
def instruments_in_an_answer_cell(nb):
    """The locked cell gives its name to the student's instruments, and stands at the end as a text."""
    claim = named(nb, "instruments").metadata
    supply_instruments(nb)
    nb.cells[0].metadata = claim
    cell = to_the_end(nb, "instruments")
    cell.cell_type, cell.metadata = "markdown", {}
    del cell["outputs"], cell["execution_count"]


@score_attack(earns=())
def setup_at_the_end(nb):
    """The locked imports behind all tests, and modules of the student's own before; root needs math, and has none."""
    to_the_end(nb, "setup")
    nb.cells.insert(0, new_code_cell(f"{ANYTHING}\nmath = np = operator = sys = warnings = {INSTRUMENTS} = Anything()"))
    all_answers(nb, "None")


@score_attack()
def all_locked_cells_at_the_end(nb):
    """Setup and instruments behind all tests, in the wrong order, with tests of the student's own names before them."""
    to_the_end(nb, "instruments")
    to_the_end(nb, "setup")
    supply_instruments(nb)
    answer(nb, root="import math\n" + ANSWERS["root"])


@score_attack()
def renames_through_globals(nb):
    """globals(), user_ns and __main__ rewritten in every call, so that later names are the student's."""
    code = (
        "import sys\ndef swap():\n    for space in (globals(), get_ipython().user_ns, vars(sys.modules['__main__'])):\n"
        "        for name in ('answer_of', 'Machine', 'TOTAL', 'PROVIDED', 'check', 'np'):\n"
        "            if name != 'np': space[name] = lambda *a, **k: True\n"
    )
    own_cell(nb, code)
    all_answers(nb, "swap() or 0")


@score_attack()
def answers_behind_their_tests(nb):
    """Tests above their answers, with stubs before them that know the visible results."""
    stubs = {
        "total": "lambda numbers: len(numbers) * 2",
        "run": "lambda model, numbers: [model.step(n) for n in (1, 2, 3)]",
    }
    nb.cells.insert(0, new_code_cell("\n".join(f"{name} = {code}" for name, code in stubs.items())))
    answer(nb, **{name: f"{name} = {code}" for name, code in stubs.items()})


@honest()
def instruments_above_setup(nb):
    """Two locked cells exchanged: the course's own order holds for the tests."""
    cell = named(nb, "instruments")
    nb.cells.remove(cell)
    nb.cells.insert(1, cell)


@honest()
def exercises_in_reverse_order(nb):
    """Each answer in front of its test, the last exercise first."""
    pairs = [(named(nb, name), named(nb, f"test-{name}")) for name in ANSWERS]
    head = [cell for cell in nb.cells if not any(cell in pair for pair in pairs)]
    nb.cells = head + [cell for pair in reversed(pairs) for cell in pair]


@honest()
def all_tests_at_the_end(nb):
    """Answers first, then the tests, in another order, then the demonstration."""
    for name in reversed(ANSWERS):
        to_the_end(nb, f"test-{name}")
    to_the_end(nb, "example")


@honest()
def deletes_the_names_of_the_course(nb):
    """del of instruments that the answers do not need, and a variable called like one of them."""
    own_cell(nb, "del Machine, answer_of\nTOTAL = total([1, 2])\nPROVIDED = 'provided'", before="test-total")


@honest()
def locked_cells_deleted(nb):
    """Setup and instruments deleted, their imports in a cell of the student's own."""
    nb.cells = [cell for cell in nb.cells if cell.id not in ("setup", "instruments")]
    nb.cells.insert(0, new_code_cell("import math\nimport numpy as np"))
