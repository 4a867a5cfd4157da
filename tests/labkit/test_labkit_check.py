"""What the tests of an exercise say, and what they let through."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from labkit import CheckFailed, Exercise, check
from labkit.call import answer_of
from labkit.check import quantity, ratio
from labkit.failure import own_line, shortened
from labkit.kinds import float_array, real_number, whole_number, yes_or_no
from mini_vllm import SamplingParams

COUNT = Exercise(
    read=whole_number,
    unit="units",
    probes=((5, 10), (2, 3)),
    mistakes={(6, 3): ("one too many is counted", "count again")},
    otherwise=("the sum is wrong", "add by hand"),
    hidden=("an example value is hard-coded", "try other numbers"),
)


def message_of(function, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        function(*args, **kwargs)
    return str(caught.value)


def student(source: str, name: str):
    """A function as a notebook's cell defines it."""
    namespace = {"__name__": "__main__", "np": np}
    exec(compile(source, "<cell>", "exec"), namespace)
    return namespace[name]


def test_a_message_says_what_came_out_the_likely_cause_and_the_next_step():
    units = check(lambda prompt_len, new_tokens: new_tokens - 4 if new_tokens == 10 else new_tokens, COUNT)
    assert message_of(units(prompt_len=5, new_tokens=10).should_be, 5) == (
        "<lambda>(prompt_len=5, new_tokens=10) returned 6 units, expected 5 (1.20x).\n"
        "Likely cause: one too many is counted.\nNext step: count again."
    )


def test_a_mistake_that_is_not_known_gets_the_exercises_general_hint():
    assert "Likely cause: the sum is wrong." in message_of(check(lambda p, n: 0, COUNT)(5, 10).should_be, 5)


def test_ipython_shows_the_lines_of_the_message_and_no_traceback():
    with pytest.raises(CheckFailed) as caught:
        check(lambda p, n: 0, COUNT)(5, 10).should_be(5)
    assert caught.value._render_traceback_() == str(caught.value).splitlines()


def test_arguments_are_passed_by_position_so_that_a_student_may_rename_them():
    check(lambda a, b: a + b, COUNT)(prompt_len=5, new_tokens=10).should_be(15)


@pytest.mark.parametrize("broken", ["return 0", "return None", "return 'text'", "raise KeyError(77)", "return 1 / 0"])
def test_whatever_fails_in_a_hidden_block_gets_one_message_without_its_numbers(broken):
    units = check(student(f"def count(p, n):\n    {broken}", "count"), COUNT)

    def hidden():
        with units.hidden("other lengths"):
            units(77, 88).should_be(99)

    said = message_of(hidden)
    assert said == (
        "count is right for the visible examples, but wrong for other lengths.\n"
        "Likely cause: an example value is hard-coded.\nNext step: try other numbers."
    )


class OutOfTime(BaseException):
    """Stands for a test's own time-out."""


def test_a_tests_own_time_out_is_not_taken_for_the_students_error():
    def out_of_time(p, n):
        raise OutOfTime

    units = check(out_of_time, COUNT)
    with pytest.raises(OutOfTime), units.hidden("other lengths"):
        units(1, 2).should_be(3)


def test_an_error_shows_the_students_own_innermost_line():
    source = "def helper(n):\n    return 1 / n\ndef count(p, n):\n    return helper(n)"
    function = student(source, "count")
    import linecache

    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    said = message_of(check(function, COUNT)(5, 0).should_be, 5)
    assert said.splitlines()[:2] == [
        "count(5, 0) raised ZeroDivisionError: division by zero",
        "Your code, helper, line 2: return 1 / n",
    ]


def test_a_note_from_another_process_goes_before_the_traceback():
    error = ValueError("no")
    error.add_note("Your code, line 7: raise ValueError('no')")
    assert own_line(error) == "Your code, line 7: raise ValueError('no')"


def test_a_function_that_is_not_written_says_so_also_when_another_calls_it():
    source = "def first(n):\n    raise NotImplementedError()\ndef count(p, n):\n    return first(n)"
    assert message_of(check(student(source, "count"), COUNT)(1, 2).should_be, 3).startswith("first is not written yet.")


def test_something_else_under_the_functions_name_is_named():
    assert "a function was expected" in message_of(check, 7, COUNT).lower()


def test_should_raise_tells_no_error_from_another_error():
    call = check(lambda k: k, COUNT)
    assert "returned -2; a ValueError was expected" in message_of(call(-2).should_raise)
    wrong = student("def f(k):\n    return [][k]", "f")
    assert "raised IndexError: list index out of range; a ValueError was expected" in message_of(
        check(wrong, COUNT)(3).should_raise
    )
    check(student("def f(k):\n    raise ValueError(k)", "f"), COUNT)(3).should_raise()


def test_engine_code_is_noticed_unless_it_is_provided():
    def borrowed(n):
        return SamplingParams(max_tokens=n).max_tokens

    assert answer_of("f", borrowed, (3,), provided={"mini_vllm.sampling_params"}) == 3
    assert "that is the engine's code" in message_of(answer_of, "f", borrowed, (3,))
    assert "that is the engine's code" in message_of(answer_of, "f", borrowed, (0,)), "also where it raises"


def test_numbers_of_every_type_are_read_and_other_things_refused_by_name():
    assert [type(whole_number("f", n)) for n in (3, np.int64(3), np.array(3))] == [int] * 3
    assert [real_number("f", n) for n in (3, np.float32(0.5), np.array(2.0), Fraction(1, 4), Decimal(7))] == [
        3.0,
        0.5,
        2.0,
        0.25,
        7.0,
    ]
    assert [yes_or_no("f", b) for b in (True, np.bool_(False), np.array(True))] == [True, False, True]
    assert float_array("f", np.float32([1, 2]), (2,)).dtype == np.float64
    assert "a comparison is returned" in message_of(whole_number, "f", True)
    assert "in quotes" in message_of(whole_number, "f", "3")
    for number in (3.0, np.float32(3), 86 * 0.5):
        assert "a factor such as 0.9, makes a float; `//` keeps whole numbers whole" in message_of(
            whole_number, "f", number
        )
    assert message_of(whole_number, "f", Fraction(3)).splitlines()[1:] == ["Next step: return an int."], "no float"
    assert "a bool; a whole number" in message_of(whole_number, "f", True)
    assert "not a finite number" in message_of(real_number, "f", float("inf"))
    assert "not a finite number" in message_of(real_number, "f", 10**400)
    assert "True or False was expected" in message_of(yes_or_no, "f", 1)
    assert "shape (1, 2), expected (2,)" in message_of(float_array, "f", np.ones((1, 2)), (2,))
    for read in (whole_number, real_number, yes_or_no):
        assert "returned None" in message_of(read, "f", None)


def test_a_subclass_that_equals_everything_is_read_as_the_plain_value():
    sly = type("Sly", (int,), {"__eq__": lambda a, b: True, "__hash__": int.__hash__})(7)
    assert "returned 7 units, expected 15" in message_of(check(lambda p, n: sly, COUNT)(5, 10).should_be, 15)


@pytest.mark.parametrize(
    "value, expected, text", [(14, 15, " (0.93x)"), (105, 95, " (1.11x)"), (95, 95, ""), (0, 5, ""), (5, 0, "")]
)
def test_a_ratio_is_shown_where_it_says_something(value, expected, text):
    assert ratio(value, expected) == text


def test_quantities_have_separators_and_the_singular():
    assert quantity(504500, "units") == "504,500 units"
    assert quantity(1, "units") == "1 unit"


def test_a_value_whose_repr_fails_is_named_by_its_type():
    assert shortened(type("Bad", (), {"__repr__": lambda self: 1 / 0})()) == "<Bad>"


def test_an_interrupted_call_says_that_it_had_not_returned():
    def endless(p, n):
        raise KeyboardInterrupt

    said = message_of(check(endless, COUNT)(1, 2).should_be, 3)
    assert said.startswith("endless(1, 2) had not returned when it was interrupted.") and "never ends" in said


@pytest.mark.parametrize(
    "line, cause",
    [
        ("return new_tokns", "a misspelled name"),
        ("return math.sqrt(n)", "the module math is not imported"),
        ("return n.lenght", "a misspelled attribute"),
        ("for i in range(0): total = i\n    return total", "a branch that these arguments skip.\nNext step: assign"),
        ("n += wrong\n    wrong = 1", "a branch that these arguments skip"),
        ("return [n, p].reverse() + [n]", "a value in this line is None"),
        ("return min(n, None)", "a value in this line is None"),
        ("return [p].index(n)", "`index` or `remove` looks for a value that the list does not hold"),
        ("[p].remove(n)", "`index` or `remove` looks for a value that the list does not hold"),
        ("return [n].sort().size", "a value in this line is None"),
        ("return [n, p]", "several numbers"),
        ("pass", "one path through the function has no `return`"),
    ],
)
def test_a_slip_of_any_exercise_has_its_cause(line, cause):
    assert cause in message_of(check(student(f"def count(p, n):\n    {line}", "count"), COUNT)(1, 2).should_be, 3)


def test_an_error_without_a_message_is_named_alone():
    call = check(student("def f(k):\n    assert k > 0", "f"), COUNT)(-2)
    assert message_of(call.should_be, 3).splitlines()[0] == "f(-2) raised AssertionError"
    assert message_of(call.should_raise).splitlines()[0] == "f(-2) raised AssertionError; a ValueError was expected."


def test_an_error_that_is_returned_is_told_from_one_that_is_raised():
    assert "write `raise`, not `return`" in message_of(check(lambda k: ValueError("no"), COUNT)(3).should_raise)
