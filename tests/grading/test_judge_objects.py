"""What an answer may do with an object of the test's, beside calling its methods: copy it, and use it in threads."""

import pytest

from grading.judge.job import CodeCell, Job, NotebookJob, Role

MACHINE = """
class Machine:
    def __init__(self, function=None):
        self.seen, self.function = [], function

    def step(self, number):
        self.seen.append(number)
        return self.total()

    def total(self):
        return sum(self.seen)

    def ask(self, number):
        return self.function(number)
"""
COPY = """
import copy
def run(machine):
    shallow, deep = copy.copy(machine), copy.deepcopy(machine)
    shallow.step(2)
    deep.step(3)
    return machine.total(), shallow.total(), deep.total()
"""
COPY_TEST = """
machine = Machine()
machine.step(1)
assert run(machine) == (3, 3, 4), run(machine)
assert machine.seen == [1, 2]
"""
COPY_OF_A_FUNCTION = """
import copy
def double(number):
    return 2 * number
def run(machine):
    return copy.deepcopy(machine)
"""
THREADS = """
import threading
from concurrent.futures import ThreadPoolExecutor
def run(machine, numbers):
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(machine.step, numbers))
"""
THREADS_TEST = """
machine = Machine()
machine.step = lambda number: machine.seen.append(number) or number * number
assert run(machine, list(range(400))) == [number * number for number in range(400)]
assert sorted(machine.seen) == list(range(400))
"""
LATE = """
import threading, time
def run(machine):
    def keep_on():
        while True:
            machine.step(1)
    threading.Thread(target=keep_on, daemon=True).start()
    return 3
"""
LATE_TEST = """
for _ in range(40):
    assert run(Machine()) == 3
"""
NO_COPY = """
import copy
def run(machine):
    try:
        copy.deepcopy(machine)
    except TypeError as error:
        return str(error)
"""
TOO_MANY = """
import copy
def run(machine):
    try:
        while True:
            machine = copy.copy(machine)
    except MemoryError as error:
        return str(error)
"""
PRIVATE = """
def run(machine):
    return getattr(machine, "_secret", None)
"""


def notebook(source: str, test: str) -> NotebookJob:
    locked = CodeCell("setup", MACHINE, Role.LOCKED)
    answer, test = CodeCell("answer", source, Role.STUDENT), CodeCell("test", test.strip(), Role.TEST)
    return NotebookJob([locked, answer, test], [locked])


NOTEBOOKS = {
    "copies": notebook(COPY, COPY_TEST),
    "a copy that holds a function of the student's": notebook(
        COPY_OF_A_FUNCTION,
        "machine = Machine(double)\ncopied = run(machine)\nassert copied is not machine and copied.ask(4) == 8",
    ),
    "what has no copy": notebook(
        NO_COPY, "machine = Machine()\nmachine.seen = (n for n in [1])\nassert 'generator' in run(machine)"
    ),
    "too many copies": notebook(TOO_MANY, "assert '2,000' in run(Machine())"),
    "private names": notebook(PRIVATE, "machine = Machine()\nmachine._secret = 7\nassert run(machine) is None"),
    "threads": notebook(THREADS, THREADS_TEST),
    "a thread that outlives its call": notebook(LATE, LATE_TEST),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_an_answer_may_use_a_test_s_object_so(name, verdict):
    assert verdict.outputs[name][-1] == []


@pytest.fixture(scope="module")
def verdict(judge):
    return judge.judge(Job(NOTEBOOKS))
