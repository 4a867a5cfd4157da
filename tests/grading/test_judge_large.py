"""A large variable costs no points unless a test needs it, and then the message says that it is large."""

import pytest

from grading.judge.job import CodeCell, Job, NotebookJob, Role

LARGE = "import numpy as np\nlogits = np.zeros((300, 1000))"
MANY = "weights = [10**12] * 200_000"
SMALL = "def total(numbers):\n    return sum(numbers)"
SETS_THE_NAME_ITSELF = """
import types
thing = types.SimpleNamespace(logits=3)
logits, weights = [1, 2], "a string may be: logits"
assert total(logits) == thing.logits and [weights for _ in logits]
"""


def notebook(test: str, *cells: str) -> NotebookJob:
    students = [CodeCell(f"cell-{number}", source, Role.STUDENT) for number, source in enumerate(cells)]
    return NotebookJob([*students, CodeCell("test", test.strip(), Role.TEST)], [])


PASS = {
    "not needed": notebook(SETS_THE_NAME_ITSELF, SMALL, LARGE, MANY),
    "not asked for by text": notebook("assert total([1]) == 1 and 'logits'", SMALL, LARGE),
    "beside what is needed": notebook("assert globals()['total']([1]) == 1 and 'logits'", SMALL, LARGE, MANY),
    "read by text": notebook("assert total([1]) == globals()['one']", SMALL, "one = 1"),
    "read in a function": notebook("def ask():\n    return total([1])\nassert ask() == one", SMALL, "one = 1"),
    "read, then set": notebook("before = one\none = 2\nassert total([before]) == 1", SMALL, "one = 1"),
    "read in the last line": notebook("two = 2\ntotal([one, two]) / 3", SMALL, "one = 1"),
}
TOO_LARGE = {
    "logits": notebook("assert total([1]) == logits.size", SMALL, LARGE),
    "weights": notebook("assert total([1]) == len(weights)", SMALL, MANY),
}


@pytest.fixture(scope="module")
def verdict(judge):
    return judge.judge(Job({**PASS, **TOO_LARGE}, limits={"message_bytes": 2**20}))


@pytest.mark.parametrize("name", PASS)
def test_a_test_gets_the_names_that_it_reads_whatever_else_is_large(verdict, name):
    assert "error" not in {output["output_type"] for output in verdict.outputs[name][-1]}
    assert name not in verdict.faults


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_value_that_a_test_needs_is_said_to_be_too_large_to_the_student_and_the_instructor(verdict, name):
    (shown,) = verdict.outputs[name][-1]
    what = f"{name} is too large to be tested: all values that a test uses may take 1 MiB together"
    assert shown["evalue"].startswith(f"{what}\nLikely cause: ")
    assert verdict.faults[name] == [f"Test test: {what}."]
