"""The judge's two phases: what is hidden is asked when nothing is shown any more."""

import pytest

from grading.judge.job import CodeCell, Job, NotebookJob, Role, Verdict
from grading.judge.process import JudgeFailed, JudgeProcess

SHORT = {"cell_seconds": 4}
TEST = """
assert f(1) == 1, "f(1) is 1."
### BEGIN HIDDEN TESTS
secret = [104729]
assert f(secret) == secret, "f returns its argument."
### END HIDDEN TESTS
"""
RIGHT = "def f(x):\n    return x"


@pytest.fixture(scope="module")
def process():
    process = JudgeProcess()
    yield process
    process.close()


@pytest.fixture(scope="module")
def judged(process):
    """The verdict on notebooks of cells: an answer's source, or (role, source)."""

    def judge(*notebooks: list[str | tuple[Role, str]], limits: dict = {}) -> Verdict:  # noqa: B006
        jobs = {}
        for number, sources in enumerate(notebooks):
            pairs = [(Role.STUDENT, source) if isinstance(source, str) else source for source in sources]
            cells = [CodeCell(f"cell-{rank}", source.strip(), role) for rank, (role, source) in enumerate(pairs)]
            jobs[f"lab-{number}"] = NotebookJob(cells, [cell for cell in cells if cell.role == Role.LOCKED])
        return process.judge(Job(jobs, limits=limits))

    return judge


def error_of(verdict: Verdict, cell: int = -1, notebook: str = "lab-0") -> str:
    return "\n".join(output.get("evalue", "") for output in verdict.outputs[notebook][cell])


def test_a_right_answer_passes_both_phases(judged):
    assert judged([RIGHT, (Role.TEST, TEST)]).outputs["lab-0"] == [[], []]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("return 1", "f returns its argument."),
        ("raise ValueError(x)", "A hidden test failed."),
        ("return x if x == 1 else exit(x)", "A hidden test failed."),
        ("import os\n    return x if x == 1 else os._exit(x[0] % 256)", "A hidden test failed."),
        ("import time\n    return x if x == 1 else time.sleep(100)", "A hidden test took too long."),
    ],
)
def test_a_hidden_test_says_what_its_author_wrote_and_nothing_else(judged, wrong, said):
    verdict = judged([f"def f(x):\n    if x == 1:\n        return 1\n    {wrong}", (Role.TEST, TEST)], limits=SHORT)
    assert error_of(verdict) == said
    assert "104729" not in str(verdict) and verdict.faults == {}


def test_a_hidden_message_made_of_values_is_not_shown(judged):
    test = TEST.replace('"f returns its argument."', 'f"f returned {f(secret)}."')
    assert error_of(judged(["def f(x):\n    return 1", (Role.TEST, test)])) == "A hidden test failed."


def test_what_a_hidden_call_writes_down_is_read_by_no_later_test_or_notebook(judged):
    spy = """
import pathlib
note = pathlib.Path("/tmp/note")
def f(x):
    if x == 1 and note.exists():
        raise ValueError(note.read_text())
    note.write_text(str(x))
    return x
"""
    verdict = judged([spy, (Role.TEST, TEST), (Role.TEST, TEST)], [spy, (Role.TEST, TEST)])
    assert "104729" not in str(verdict)
    assert "1" in error_of(verdict, 2), "the visible part of a later test may see what the visible part before it wrote"


def test_a_test_sees_the_student_s_names_as_they_are_where_it_stands(judged):
    verdict = judged([RIGHT, (Role.TEST, TEST), "def f(x):\n    return 2", (Role.TEST, TEST)])
    assert [error_of(verdict, cell) for cell in (1, 3)] == ["", "f(1) is 1."]


def test_the_course_s_own_cells_run_in_its_order_and_nothing_replaces_their_names(process):
    helper = CodeCell("helper", "def same(a, b):\n    return a == b", Role.LOCKED)
    test = CodeCell("test", "assert same(f(1), 1), 'f(1) is 1.'", Role.TEST)
    answer = CodeCell("answer", "def f(x):\n    return 2\ndef same(a, b):\n    return True", Role.STUDENT)
    moved = NotebookJob([answer, test, helper], [helper])
    assert error_of(process.judge(Job({"lab-0": moved})), 1) == "f(1) is 1."


@pytest.mark.parametrize("answer", ["SIZE = card\ndef f(x):\n    return x", "def f(x):\n    return x * card // card"])
def test_a_demonstration_runs_if_the_answer_needs_its_name(judged, answer):
    shown = (Role.DEMONSTRATION, "card = 3\nprint('shown')")
    assert judged([shown, answer, (Role.TEST, "assert f(1) == 1")]).outputs["lab-0"][1:] == [[], []]
    assert judged([shown, RIGHT, (Role.TEST, "assert f(1) == 1")]).outputs["lab-0"] == [[], [], []]


def test_a_demonstration_runs_if_only_the_hidden_test_comes_to_its_name(judged):
    answer = "def f(x):\n    return x if x == 1 else [x[0] * card // card]"
    assert judged([(Role.DEMONSTRATION, "card = 3"), answer, (Role.TEST, TEST)]).outputs["lab-0"][2] == []


def test_a_picture_is_shown_though_nothing_asked_for_matplotlib_before(judged):
    outputs = judged(["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"]).outputs["lab-0"][0]
    assert [*outputs[-1]["data"]] == ["text/plain", "image/png"]


def test_a_cell_that_ends_its_process_costs_that_cell_alone(judged):
    verdict = judged(
        ["kept = 1", "import os\nos._exit(3)", "def f(x):\n    return kept", (Role.TEST, "assert f(1) == 1")]
    )
    assert error_of(verdict) == "" and verdict.faults == {"lab-0": ["Cell cell-1: it exited with status 3."]}


def test_cells_without_end_are_named_as_timed_out(judged):
    verdict = judged(["while True:\n    pass", RIGHT, (Role.TEST, "assert f(1) == 1")], limits=SHORT)
    assert verdict.timed_out == {"lab-0": ["cell-0"]} and error_of(verdict) == ""


def test_a_cell_that_had_no_processor_is_told_from_one_that_never_ends(judged):
    sleeps = judged(["import time\ntime.sleep(60)"], limits=SHORT)
    assert sleeps.timed_out == {"lab-0": ["cell-0"]} and sleeps.starved
    assert not judged([RIGHT, (Role.TEST, TEST)]).starved


def test_a_locked_cell_that_fails_here_is_the_course_s_fault_and_nobody_s_zero(judged):
    with pytest.raises(JudgeFailed, match="The locked cell cell-0 fails where the tests run: ZeroDivisionError"):
        judged([(Role.LOCKED, "1 / 0"), RIGHT, (Role.TEST, TEST)])
    with pytest.raises(JudgeFailed, match="The test cell-1 is no Python"):
        judged([RIGHT, (Role.TEST, "assert (")])


def test_the_number_that_a_test_ends_in_is_partial_credit(judged):
    (_, (output,)) = judged([RIGHT, (Role.TEST, "f(1)\n0.5")]).outputs["lab-0"]
    assert output["data"] == {"text/plain": "0.5"}
    assert judged([RIGHT, (Role.TEST, "repr(f)")]).outputs["lab-0"][1] == []


def test_how_a_notebook_s_process_ended_in_a_hidden_test_is_told_nobody(judged):
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
    verdict = judged([killer, (Role.TEST, TEST)], [RIGHT, (Role.TEST, TEST)])
    assert "signal" not in str(verdict)
    assert verdict.outputs["lab-1"] == [[], []], "the other notebook starts anew"


def test_a_demonstration_that_only_uses_a_missing_name_does_not_run(judged):
    """An untouched notebook has many: it would take as long as all of its plots."""
    shown = (Role.DEMONSTRATION, "print(f(1))")
    assert judged([shown, "x = 1", (Role.TEST, "assert f(1) == 1")]).outputs["lab-0"][0] == []
