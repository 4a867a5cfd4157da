"""Values cross between two processes by copy; within one call, arguments are known on both sides."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from grading.wire.messages import (
    Array,
    Dict,
    Exact,
    Foreign,
    Function,
    Generator,
    Instance,
    Kept,
    List,
    Same,
    Scalar,
    Set,
    Theirs,
)
from grading.wire.values import UNREADABLE, Values


def refuse(message):
    raise ValueError(message)


def two_sides() -> tuple[Values, Values]:
    judge, student = (Values(is_judge, lambda value: None, refuse) for is_judge in (True, False))
    return judge, student


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -(2**63), 2**64, -(10**40), 0.1, float("inf"), "text", b"bytes", [], [1, [2.5]], {"a": [1]},
        {1: 2, (1, 2): 3}, (1, [2]), {1, 2}, frozenset({"x"}), np.float32(1.5), np.int64(-2), np.bool_(True),
        np.complex128(1j), Fraction(-1, 3), Decimal("1.50"),
    ],
)  # fmt: skip
def test_plain_values_arrive_as_they_were(value):
    judge, student = two_sides()
    arrived = judge.decode(student.encode(value))
    assert arrived == value and type(arrived) is type(value)


@pytest.mark.parametrize(
    "array", [np.arange(6.0).reshape(2, 3)[:, ::2], np.array(3), np.zeros((0, 4), "f4"), np.arange(3, dtype=">i2")]
)
def test_arrays_arrive_with_shape_and_type(array):
    judge, student = two_sides()
    arrived = student.decode(judge.encode(array))
    assert arrived.dtype == array.dtype and arrived.shape == array.shape and np.array_equal(arrived, array)


def test_a_fraction_with_too_many_digits_for_text_is_only_named():
    judge = Values(True, lambda value: None, lambda message: message)
    _, student = two_sides()
    assert judge.decode(student.encode(Fraction(10**5000, 3))).name == "Fraction"


def test_kinds_of_numbers_and_lists_arrive_as_what_they_hold():
    class Lying(int):
        __eq__ = __lt__ = lambda self, other: True

    class Mine(list):
        pass

    judge, student = two_sides()
    assert type(judge.decode(student.encode(Lying(3)))) is int
    assert judge.decode(student.encode(Mine([1]))) == [1]


def test_what_a_call_does_to_its_arguments_is_seen():
    judge, student = two_sides()
    whole, names, rng = np.ones((2, 2)), ["a"], np.random.default_rng(5)
    given = [student.decode(judge.encode(value)) for value in (whole[1], names, rng)]
    given[0] *= 3
    given[1].append({"new": [1]})
    given[2].random()
    judge.update(student.changes())
    assert whole.tolist() == [[1, 1], [3, 3]] and names == ["a", {"new": [1]}]
    expected = np.random.default_rng(5)
    expected.random()
    assert rng.bit_generator.state == expected.bit_generator.state


def test_an_argument_inside_of_another_is_seen_to_change():
    judge, student = two_sides()
    keys = np.zeros(3)
    cache = [keys, "other"]
    student.decode(judge.encode(cache))[0][1] = 7
    judge.update(student.changes())
    assert cache[0] is keys and keys.tolist() == [0, 7, 0]


@pytest.mark.parametrize("change", [lambda ids: ids.add(7), lambda ids: ids.remove(2), lambda ids: ids.clear()])
def test_a_set_that_is_changed_in_place_is_seen_to_change(change):
    judge, student = two_sides()
    ids, other = {2, 3}, {(1, ("a", None)), frozenset({4})}
    given, _ = (student.decode(judge.encode(value)) for value in (ids, other))
    change(given)
    changed = student.changes()
    judge.update(changed)
    assert len(changed) == 1 and ids == given and other == {(1, ("a", None)), frozenset({4})}


def test_a_set_of_tuples_that_are_nested_deeper_than_the_wire_goes_can_come_and_go():
    """Hashes of blocks may be nested tuples, one level a block."""
    nested: tuple = ()
    for block in range(5000):
        nested = (nested, block)
    judge = Values(True, lambda value: Theirs(value.n) if isinstance(value, Foreign) else None, lambda message: message)
    student = Values(False, lambda value: None, lambda message: student.at(message.n))
    known = student.decode(judge.encode(set(judge.decode(student.encode([nested, (1,)])))))
    assert student.changes() == [] and (1,) in known
    arrived, sent = next(hash_ for hash_ in known if len(hash_) == 2), nested
    while arrived is not sent:  # comparing the two at once would recurse 5,000 times
        assert arrived[1] == sent[1]
        arrived, sent = arrived[0], sent[0]


def test_a_result_that_is_an_argument_is_that_argument():
    judge, student = two_sides()
    given = np.arange(3.0)
    arrived = student.decode(judge.encode(given))
    assert judge.decode(student.encode([arrived]))[0] is given


def test_what_has_not_changed_is_not_sent_back():
    judge, student = two_sides()
    student.decode(judge.encode([np.zeros(3), {"a": (1, [2])}, {3, "b"}, np.random.default_rng(1)]))
    assert student.changes() == []


def test_an_argument_of_an_earlier_call_cannot_be_changed():
    judge, student = two_sides()
    earlier = np.zeros(3)
    message = judge.encode(earlier)
    judge.begin_call()
    later = np.ones(2)
    judge.encode(later)
    with pytest.raises(ValueError, match="no object 0"):
        judge.update([Array(message.n, "<f8", [3], b"\1" * 24)])
    with pytest.raises(ValueError, match="type or shape"):
        judge.update([Array(2, "<f8", [3], b"\1" * 24)])
    assert earlier.tolist() == [0, 0, 0] and later.tolist() == [1, 1]


def test_an_array_that_was_returned_earlier_is_seen_to_change():
    judge, student = two_sides()
    buffer = np.zeros(4)
    first = judge.decode(student.encode((buffer[:2], "text")))[0]
    judge.begin_call()
    student.begin_call()
    buffer[:] = 7
    second = judge.decode(student.encode(buffer[2:]))
    judge.update(student.changes())
    assert first.tolist() == second.tolist() == [7, 7]


def test_of_many_returned_arrays_the_last_are_followed():
    judge, student = two_sides()
    arrays = [np.zeros(1) for _ in range(20)]
    copies = judge.decode(student.encode(arrays))
    judge.begin_call()
    student.begin_call()
    for array in arrays:
        array += 1
    judge.update(student.changes())
    assert [float(copy[0]) for copy in copies] == [0.0] * 12 + [1.0] * 8


def test_a_read_only_argument_stays_as_it_is():
    judge, student = two_sides()
    fixed = np.zeros(2)
    fixed.flags.writeable = False
    assert not student.decode(judge.encode(fixed)).flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        judge.update([Array(0, "<f8", [2], b"\1" * 16)])


@pytest.mark.parametrize(
    "message",
    [
        Same(0), Same(1), Array(1, "O", [1], b"12345678"), Array(1, "(9,)f8", [1], b"12345678"),
        Array(1, "<f8", [-1], b"12345678"), Array(1, "<f8", [2], b"12345678"), Array(0, "<f8", [1], b"12345678"),
        Scalar("f8", b""), Generator(1, "{}"), Generator(1, "[]"), Generator(1, "nonsense"),
        Set(5, [List(1, [])]), Set(0, []), Dict(1, [(List(3, []), 1)]), Instance("os", "system", {}), Kept(0, "x"),
        Function(0, "f"), Theirs(0), Exact("Fraction", "1e999999999"), Exact("Fraction", "1/0"), Exact("Decimal", "x"),
    ],
)  # fmt: skip
def test_what_no_answer_is_made_of_is_refused(message):
    judge, _ = two_sides()
    with pytest.raises(UNREADABLE):
        judge.decode(message)


def test_a_list_that_holds_itself_is_cut_off():
    _, student = two_sides()
    cycle: list = []
    cycle.append(cycle)
    judge = Values(True, lambda value: None, lambda message: message)
    assert "Foreign(" in repr(judge.decode(student.encode(cycle)))


def test_a_forged_list_never_holds_itself_nor_one_object_twice():
    judge, _ = two_sides()
    assert judge.decode(List(1, [List(1, [3])])) == [[3]]
    first, second = judge.decode(List(1, [List(3, []), List(3, [5])]))
    assert (first, second) == ([], [5])


def test_one_list_in_many_places_comes_as_often_as_it_is_there():
    """As one object it could be written without end: each level doubles it."""
    judge, student = two_sides()
    row = [0]
    arrived = judge.decode(student.encode([row, row]))
    assert arrived == [[0], [0]] and arrived[0] is not arrived[1]
