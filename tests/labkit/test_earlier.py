"""Which earlier function a failure is put down to."""

import re

import numpy as np
import pytest

from labkit import CheckFailed, Exercise, check
from labkit.earlier import BuiltOn
from labkit.kinds import whole_number

TWICE = Exercise(read=whole_number, otherwise=("the sum is wrong", "add by hand"))
EXAMPLES = {"double": [((4,), 8), ((131_072,), 262_144)], "halves": [((np.array([2.0, 4.0]),), [1.0, 2.0])]}


def double(n):
    return 2 * n


def message(earlier, hidden: bool = False) -> str:
    quadruple = check(lambda n: n, TWICE)
    with pytest.raises(CheckFailed) as caught, BuiltOn(EXAMPLES, earlier):
        if hidden:
            with quadruple.hidden("another number"):
                quadruple(7).should_be(28)
        quadruple(3).should_be(12)
    return str(caught.value)


def test_earlier_functions_are_asked_for_only_after_a_failure():
    def asked():
        raise AssertionError("asked for")

    with BuiltOn(EXAMPLES, asked):
        check(lambda n: 4 * n, TWICE)(3).should_be(12)


def test_a_failure_with_earlier_functions_that_are_right_keeps_its_message():
    assert "your double" not in message(lambda: (double,))


def not_written(n):
    raise NotImplementedError


def off_by_one_for_large_numbers(n):
    return 2 * n + (n > 1000)


@pytest.mark.parametrize("wrong", [not_written, off_by_one_for_large_numbers, lambda n: None, lambda n: "8"])
def test_an_earlier_function_that_fails_its_examples_is_named_first(wrong):
    wrong.__name__ = "double"
    said = message(lambda: (wrong,))
    assert "Likely cause: your double does not pass its own test yet, if this function calls it. Otherwise: " in said
    assert "Next step: run the test of double first. Add by hand." in said


@pytest.mark.parametrize(
    "step", ["block_ids[0] is the first", "np.argmax returns it", "tuple(...) is hashable", "`//` rounds"]
)
def test_code_at_the_start_of_the_next_step_keeps_its_spelling(step):
    """Students read of Block_ids[0] and Tuple(...), which do not exist."""
    quadruple = check(lambda n: n, Exercise(read=whole_number, otherwise=("the sum is wrong", step)))
    with pytest.raises(CheckFailed, match=re.escape(f"run the test of double first. {step}.")):
        with BuiltOn(EXAMPLES, lambda: (not_written_double,)):
            quadruple(3).should_be(12)


def not_written_double(n):
    raise NotImplementedError


not_written_double.__name__ = "double"


def test_an_earlier_function_that_was_never_defined_is_named():
    assert "your never_defined does not pass its own test yet" in message(lambda: (never_defined,))  # noqa: F821


def test_an_earlier_function_that_changes_its_argument_is_not_right():
    def halves(array):
        array /= 2
        return array

    assert "your halves does not pass" in message(lambda: (halves,))


def test_after_a_hidden_failure_no_earlier_function_is_asked_and_those_of_the_test_are_named():
    """By which of them stopped being right, they told the hidden number that the failing call had been given."""
    asked = []

    def halves(array):
        asked.append(array)

    said = message(lambda: (double, halves), hidden=True)
    assert "Next step: if this function calls your double or halves, check that first. " in said
    assert "does not pass" not in said and not any(character.isdigit() for character in said) and not asked
    assert "if this function calls your double, check that first. " in message(lambda: (double,), hidden=True)


def test_a_function_that_is_not_written_yet_is_not_put_down_to_an_earlier_one():
    wrong = lambda n: n  # noqa: E731
    wrong.__name__ = "double"
    with pytest.raises(CheckFailed) as caught, BuiltOn(EXAMPLES, lambda: (wrong,)):
        check(not_written, TWICE)(3).should_be(12)
    assert "is not written yet" in str(caught.value) and "your double" not in str(caught.value)
