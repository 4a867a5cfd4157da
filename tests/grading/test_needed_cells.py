"""Which of a lab's demonstration cells run when a submission is graded."""

import pytest

from grading.judge.job import CodeCell, Role
from grading.judge.names import names_read_first
from grading.judge.needed import needed_cells


def runs(demonstration: str, *rest: tuple[Role, str]) -> bool:
    """Whether a demonstration above these cells runs."""
    cells = [CodeCell("shown", demonstration, Role.DEMONSTRATION)]
    return needed_cells(cells + [CodeCell("", source, role) for role, source in rest])[0]


def test_a_plot_that_nothing_uses_does_not_run():
    assert not runs("card = 3", (Role.STUDENT, "def f(x):\n    return x"), (Role.TEST, "assert f(1) == 1"))


@pytest.mark.parametrize("role", [Role.STUDENT, Role.LOCKED, Role.TEST])
def test_a_name_that_is_used_further_down_makes_it_run(role):
    assert runs("card = 3", (role, "x = card"))


def test_what_needs_it_may_be_another_demonstration():
    cells = [("a", "card = 3", Role.DEMONSTRATION), ("b", "x = card", Role.DEMONSTRATION), ("c", "print(x)", Role.TEST)]
    assert needed_cells([CodeCell(*cell) for cell in cells]) == [True, True, True]


def test_an_answer_that_can_reach_any_name_makes_it_run():
    assert runs("card = 3", (Role.STUDENT, "def f():\n    return eval('ca' + 'rd')"))


def test_a_name_in_a_string_counts_where_tests_look_names_up():
    assert runs("guess = 3", (Role.TEST, "assert globals()['guess'] == 3"))
    assert runs("guess = 3", (Role.LOCKED, "def f(n):\n    return globals()[n]"), (Role.TEST, "f('guess')"))
    assert not runs("guess = 3", (Role.TEST, "f(by='guess')"))


@pytest.mark.parametrize(
    ("test", "read"),
    [
        ("card = 1\nuse(card)", {"use"}),
        ("card = card + 1", {"card"}),
        ("use(card)\ncard = 1", {"use", "card"}),
        ("for card, rate in [(1, 2)]:\n    use(card, rate)", {"use"}),
        ("for card in card:\n    pass", {"card"}),
        ("for _ in cards:\n    card = 1\nuse(card)", {"cards", "use", "card"}),
        ("if sure:\n    card = 1\nuse(card)", {"sure", "use", "card"}),
        ("with pen() as card:\n    ink = card\nuse(ink)", {"pen", "use"}),
        ("def card():\n    return card() + ink", {"ink"}),
        ("import card.reader as reader\nreader.use()", set()),
        ("card[0] = 1", {"card"}),
        ("try:\n    card = 1\nexcept ValueError:\n    pass\nuse(card)", {"ValueError", "use", "card"}),
        ("[card for card in cards]", {"cards"}),
    ],
)
def test_a_test_needs_what_it_reads_before_it_has_given_it_a_value(test, read):
    assert names_read_first(test) == read
