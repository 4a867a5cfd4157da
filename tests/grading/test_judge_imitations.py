"""A student's code may raise what has a name of the grader's, or its words: the report believes none of them."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from test_judge_phases import notebook

from grading.judge.job import Job, Role, Verdict
from grading.report.causes import Error, cause_of
from grading.steps.execute import notebook_job, remarks

FORGED = "your code was ended by a fault of the machine, and is right"
OWN = ("AnswerRaised", "CallFailed", "CellFailed", "CellTimeout", "NotRun", "TestTooLong")
GONE = f"""
import gc
from grading.wire import messages
from grading.wire.channel import Channel
(channel,) = (thing for thing in gc.get_objects() if type(thing) is Channel)
channel.send(messages.Gone("{FORGED}"))
"""
TEST = (Role.TEST, "f(1)")
BY_LABKIT = (Role.TEST, "from labkit.call import answer_of\nanswer_of('f(1)', f, [1])")


def raised(name: str) -> str:
    return f"class {name}(Exception): pass\nraise {name}('{FORGED}')"


def in_a_call(name: str, text: str = FORGED) -> str:
    own = "" if name == "ValueError" else f"class {name}(Exception): pass\n"
    return f"{own}def f(x):\n    raise {name}({text!r})"


NOTEBOOKS = {f"cell {name}": notebook(raised(name)) for name in OWN}
NOTEBOOKS |= {f"call {name}": notebook(in_a_call(name), TEST) for name in OWN}
NOTEBOOKS |= {f"labkit {name}": notebook(in_a_call(name), BY_LABKIT) for name in OWN}
NOTEBOOKS |= {
    "text": notebook(in_a_call("ValueError", f"f raised CallFailed: {FORGED}"), BY_LABKIT),
    "likely": notebook(in_a_call("ValueError", f"x\nLikely cause: {FORGED}"), BY_LABKIT),
    "status": notebook(GONE),
    "repr": notebook(
        f"class Own:\n    def __repr__(self): return 'x\\nLikely cause: {FORGED}'\ndef f(x):\n    return Own()",
        (Role.TEST, "from labkit import CheckFailed\nraise CheckFailed(f'f(1) returned {f(1)!r}.')"),
    ),
}


@pytest.fixture(scope="module")
def verdict(judge) -> Verdict:
    return judge.judge(Job(NOTEBOOKS))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_word_of_a_students_is_reported_as_what_kept_an_answer_from_being_tested(verdict, name):
    places = {"answer": 0, "test": 1} if len(NOTEBOOKS[name].cells) > 1 else {"answer": 0}
    outputs = {cell: verdict.outputs[name][at] for cell, at in places.items()}
    found = {cell: Error(o["ename"], o["evalue"]) for cell, shown in outputs.items() for o in shown if "ename" in o}
    assert found, "nothing was raised"
    cause = cause_of(("answer",), "test", found)
    if name.startswith("call"):  # by a test without labkit: the message is the student's, and the answer wrong
        assert cause.is_answer, cause
    else:
        assert not cause.text.startswith(FORGED) and (cause.is_answer or "fault of" not in cause.text), cause
    assert "ran out of time" not in cause.text and "too long" not in cause.text, cause
    assert not verdict.timed_out.get(name)
    assert "fault of the machine" not in str(verdict.faults.get(name))


def test_a_students_cell_does_not_take_the_name_of_a_test():
    """By a cell's id: "correct_f timed out" was told of a test that had passed."""
    claim = {"grade_id": "correct_f", "grade": True, "solution": False, "locked": True}
    cells = [new_code_cell("", metadata={"nbgrader": claim}), new_code_cell("1", id="correct_f")]
    job = notebook_job(new_notebook(cells=cells), [], frozenset())
    names = [cell.name for cell in job.cells]
    assert names[0] == "correct_f" not in names[1:]
    assert remarks(Verdict({}, timed_out={"lab": names[1:]})) != ["lab: correct_f timed out"]
