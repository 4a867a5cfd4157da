"""The judge's two phases: what is hidden is asked when nothing is shown any more."""

import pytest

from grading.judge.job import CodeCell, Job, NotebookJob, Role, Verdict
from grading.judge.process import JudgeFailed

SHORT = {"cell_seconds": 2, "grace_seconds": 1}
TEST = """
assert f(1) == 1, "f(1) is 1."
### BEGIN HIDDEN TESTS
secret = [104729]
assert f(secret) == secret, "f returns its argument."
### END HIDDEN TESTS
"""
RIGHT = "def f(x):\n    return x"


def notebook(*sources: str | tuple[Role, str]) -> NotebookJob:
    """A notebook of these cells: an answer's source, or (role, source)."""
    pairs = [(Role.STUDENT, source) if isinstance(source, str) else source for source in sources]
    cells = [CodeCell(f"cell-{rank}", source.strip(), role) for rank, (role, source) in enumerate(pairs)]
    return NotebookJob(cells, [cell for cell in cells if cell.role == Role.LOCKED])


def hidden_call(body: str) -> NotebookJob:
    """The visible call is answered rightly, the hidden one by `body`."""
    return notebook(f"def f(x):\n    if x == 1:\n        return 1\n    {body}", (Role.TEST, TEST))


def with_own_helper() -> NotebookJob:
    helper = CodeCell("helper", "def same(a, b):\n    return a == b", Role.LOCKED)
    test = CodeCell("test", "assert same(f(1), 1), 'f(1) is 1.'", Role.TEST)
    answer = CodeCell("answer", "def f(x):\n    return 2\ndef same(a, b):\n    return True", Role.STUDENT)
    return NotebookJob([answer, test, helper], [helper])


# What can be judged side by side is judged as one submission: a notebook takes milliseconds, a submission a second.
CARD = (Role.DEMONSTRATION, "card = 3\nprint('shown')")
CALL = (Role.TEST, "assert f(1) == 1")
NOTEBOOKS = {
    "right": notebook(RIGHT, (Role.TEST, TEST)),
    "wrong": hidden_call("return 1"),
    "raises": hidden_call("raise ValueError(x)"),
    "exits": hidden_call("return x if x == 1 else exit(x)"),
    "exits at once": hidden_call("import os\n    return x if x == 1 else os._exit(x[0] % 256)"),
    "message of values": notebook(
        "def f(x):\n    return 1",
        (Role.TEST, TEST.replace('"f returns its argument."', 'f"f returned {f(secret)}."')),
    ),
    "defined anew": notebook(RIGHT, (Role.TEST, TEST), "def f(x):\n    return 2", (Role.TEST, TEST)),
    "own helper": with_own_helper(),
    "cell needs card": notebook(CARD, "SIZE = card\ndef f(x):\n    return x", CALL),
    "call needs card": notebook(CARD, "def f(x):\n    return x * card // card", CALL),
    "card not needed": notebook(CARD, RIGHT, CALL),
    "hidden call needs card": notebook(
        (Role.DEMONSTRATION, "card = 3"),
        "def f(x):\n    return x if x == 1 else [x[0] * card // card]",
        (Role.TEST, TEST),
    ),
    "demonstration needs f": notebook((Role.DEMONSTRATION, "print(f(1))"), "x = 1", CALL),
    "picture": notebook("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"),
    "exit": notebook("kept = 1", "import os\nos._exit(3)", "def f(x):\n    return kept", CALL),
    "half": notebook(RIGHT, (Role.TEST, "f(1)\n0.5")),
    "text": notebook(RIGHT, (Role.TEST, "repr(f)")),
}
ENDLESS = {
    "hidden call": hidden_call("import time\n    return x if x == 1 else time.sleep(100)"),
    "cell": notebook("while True:\n    pass", RIGHT, CALL),
}


@pytest.fixture(scope="module")
def together(judge) -> Verdict:
    return judge.judge(Job(NOTEBOOKS))


@pytest.fixture(scope="module")
def endless(judge) -> Verdict:
    return judge.judge(Job(ENDLESS, limits=SHORT))


def error_of(verdict: Verdict, name: str, cell: int = -1) -> str:
    return "\n".join(output.get("evalue", "") for output in verdict.outputs[name][cell])


def test_a_right_answer_passes_both_phases(together):
    assert together.outputs["right"] == [[], []]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wrong", "f returns its argument."),
        ("raises", "A hidden test failed."),
        ("exits", "A hidden test failed."),
        ("exits at once", "A hidden test failed."),
    ],
)
def test_a_hidden_test_says_what_its_author_wrote_and_nothing_else(together, name, said):
    assert error_of(together, name) == said
    assert "104729" not in str(together) and name not in together.faults


def test_a_hidden_test_that_takes_too_long_says_so_and_nothing_else(endless):
    assert error_of(endless, "hidden call") == "A hidden test took too long."
    assert "104729" not in str(endless) and "hidden call" not in endless.faults


def test_a_hidden_message_made_of_values_is_not_shown(together):
    assert error_of(together, "message of values") == "A hidden test failed."


def test_what_a_hidden_call_writes_down_is_read_by_no_later_test_or_notebook(judge):
    spy = """
import pathlib
note = pathlib.Path("/tmp/note")
def f(x):
    if x == 1 and note.exists():
        raise ValueError(note.read_text())
    note.write_text(str(x))
    return x
"""
    first, second = notebook(spy, (Role.TEST, TEST), (Role.TEST, TEST)), notebook(spy, (Role.TEST, TEST))
    verdict = judge.judge(Job({"first": first, "second": second}))
    assert "104729" not in str(verdict)
    assert "1" in error_of(verdict, "first", 2), "a later visible part may see what the visible part before it wrote"


def test_a_test_sees_the_student_s_names_as_they_are_where_it_stands(together):
    assert [error_of(together, "defined anew", cell) for cell in (1, 3)] == ["", "f(1) is 1."]


def test_the_course_s_own_cells_run_in_its_order_and_nothing_replaces_their_names(together):
    assert error_of(together, "own helper", 1) == "f(1) is 1."


@pytest.mark.parametrize("name", ["cell needs card", "call needs card"])
def test_a_demonstration_runs_if_the_answer_needs_its_name(together, name):
    assert together.outputs[name][1:] == [[], []]
    assert together.outputs["card not needed"] == [[], [], []]


def test_a_demonstration_runs_if_only_the_hidden_test_comes_to_its_name(together):
    assert together.outputs["hidden call needs card"][2] == []


def test_a_demonstration_that_only_uses_a_missing_name_does_not_run(together):
    """An untouched notebook has many: it would take as long as all of its plots."""
    assert together.outputs["demonstration needs f"][0] == []


def test_a_picture_is_shown_though_nothing_asked_for_matplotlib_before(together):
    assert [*together.outputs["picture"][0][-1]["data"]] == ["text/plain", "image/png"]


def test_a_cell_that_ends_its_process_costs_that_cell_alone(together):
    assert error_of(together, "exit") == "" and together.faults == {"exit": ["Cell cell-1: it exited with status 3."]}


def test_cells_without_end_are_named_as_timed_out(endless):
    assert endless.timed_out["cell"] == ["cell-0"] and error_of(endless, "cell") == ""
    assert error_of(endless, "cell", 0) == "The cell ran for more than 2 seconds."


def test_a_cell_that_had_no_processor_is_told_from_one_that_never_ends(judge, together):
    sleeps = judge.judge(Job({"lab": notebook("import time\ntime.sleep(60)")}, limits=SHORT))
    assert sleeps.timed_out == {"lab": ["cell-0"]} and sleeps.starved
    assert not together.starved


def test_a_locked_cell_that_fails_here_is_the_course_s_fault_and_nobody_s_zero(judge):
    with pytest.raises(JudgeFailed, match="The locked cell cell-0 fails where the tests run: ZeroDivisionError"):
        judge.judge(Job({"lab": notebook((Role.LOCKED, "1 / 0"), RIGHT, (Role.TEST, TEST))}))
    with pytest.raises(JudgeFailed, match="The test cell-1 is no Python"):
        judge.judge(Job({"lab": notebook(RIGHT, (Role.TEST, "assert ("))}))


def test_the_number_that_a_test_ends_in_is_partial_credit(together):
    (_, (output,)) = together.outputs["half"]
    assert output["data"] == {"text/plain": "0.5"}
    assert together.outputs["text"][1] == []


def test_how_a_notebook_s_process_ended_in_a_hidden_test_is_told_nobody(judge):
    """A hidden call may end the processes of other notebooks, by a signal that is one of its numbers."""
    killer = """
import os, signal
def f(x):
    if x != 1:
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            if pid not in (1, os.getpid()):
                try:
                    os.kill(pid, 7)
                except OSError:
                    pass
    return x
"""
    verdict = judge.judge(Job({"killer": notebook(killer, (Role.TEST, TEST)), "other": NOTEBOOKS["right"]}))
    assert "signal" not in str(verdict)
    assert verdict.outputs["other"] == [[], []], "the other notebook starts anew"
