"""Labs that test with labkit, before the judge: the same messages, the student's own line, and no hidden number."""

import pytest

from grading.judge.job import CodeCell, Job, NotebookJob, Role
from grading.judge.process import JudgeProcess

SETUP = """
import types
from labkit import Exercise, check, predictions, start
from labkit.kinds import whole_number

lab_90 = types.ModuleType("lab_90")
lab_90.PROVIDED = frozenset({"mini_vllm.config"})
lab_90.TOTAL = Exercise(
    read=whole_number, unit="units", provided=lab_90.PROVIDED, otherwise=("a cause", "a step"), hidden=("why", "do")
)
start("90", needs="1.0")
"""
TEST = """
totals = check(total, lab_90.TOTAL)
totals(numbers=[1, 2, 3]).should_be(6)
### BEGIN HIDDEN TESTS
with totals.hidden("other numbers"):
    totals([104729, 31337]).should_be(104729 + 31337)
### END HIDDEN TESTS
totals.passed("total adds up.")
"""
NOT_WRITTEN = "Next step: replace the line `raise NotImplementedError()` by your own code"


@pytest.fixture(scope="module")
def server():
    server = JudgeProcess()
    yield server
    server.close()


@pytest.fixture(scope="module")
def said(server):
    """What the judge shows of a test cell, given the student's cells: {"ename", "evalue", "traceback"}, or the text."""

    def judge(*cells: str, test: str = TEST) -> dict | str:
        code = [CodeCell("setup", SETUP, Role.LOCKED)]
        code += [CodeCell(f"cell-{number}", source, Role.STUDENT) for number, source in enumerate(cells)]
        verdict = server.judge(Job({"lab": NotebookJob([*code, CodeCell("test", test.strip(), Role.TEST)], code[:1])}))
        (*_, (output,)) = verdict.outputs["lab"]
        return output if output["output_type"] == "error" else output["text"]

    return judge


def test_a_right_answer_passes_and_a_wrong_ones_message_is_all_that_is_shown(said):
    assert said("def total(numbers):\n    return sum(numbers)") == "total adds up.\n"
    message = (
        "total(numbers=[1, 2, 3]) returned 5 units, expected 6 (0.83x).\nLikely cause: a cause.\nNext step: a step."
    )
    wrong = said("def total(numbers):\n    return 5")
    assert (wrong["evalue"], wrong["traceback"]) == (message, message.splitlines())


def test_of_an_error_the_students_own_innermost_line_is_shown(said):
    helper = "def helper(numbers):\n    found = {}\n    return found['key']"
    lines = said(helper, "import json\ndef total(numbers):\n    return helper(numbers)")["traceback"]
    assert lines[:2] == [
        "total(numbers=[1, 2, 3]) raised KeyError: \"'key'\"",
        "Your code, helper, line 3: return found['key']",
    ]
    lines = said("import json\ndef total(numbers):\n    return json.loads('{')")["traceback"]
    assert lines[1] == "Your code, line 3: return json.loads('{')"


def test_a_line_is_shown_in_part_and_without_what_cannot_be_printed(said):
    line = said("def total(numbers):\n    return {}['" + "\x1b[31m" + "x" * 3000 + "']")["traceback"][1]
    assert line.startswith("Your code, line 2: return {}[' [31mxxx") and line.endswith("...") and len(line) < 150


@pytest.mark.parametrize("body", ["raise ValueError(repr(numbers))", "return sum(numbers) + 1", "return repr(numbers)"])
def test_of_a_hidden_call_one_message_is_shown_without_a_number_or_a_line(said, body):
    shown = said(f"def total(numbers):\n    if len(numbers) == 3:\n        return 6\n    {body}")
    message = (
        "total is right for the visible examples, but wrong for other numbers.\nLikely cause: why.\nNext step: do."
    )
    assert shown == {
        "output_type": "error",
        "ename": "HiddenFailed",
        "evalue": message,
        "traceback": message.split("\n"),
    }


def test_hidden_lines_outside_of_a_hidden_block_show_no_line_of_the_students(said):
    test = TEST.replace('with totals.hidden("other numbers"):', "if True:")
    shown = said("def total(numbers):\n    if len(numbers) == 3:\n        return 6\n    {}[numbers[0]]", test=test)
    assert "Your code" not in str(shown)


def test_the_function_that_is_not_written_yet_is_named(said):
    stub = "def {}(numbers):\n    raise NotImplementedError()"
    assert said(stub.format("total"))["evalue"].startswith(f"total is not written yet.\n{NOT_WRITTEN}")
    earlier = said(stub.format("earlier"), "def total(numbers):\n    return earlier(numbers)")
    assert earlier["evalue"].startswith(f"earlier is not written yet.\n{NOT_WRITTEN}")
    direct = said(stub.format("total"), test="total([1])")
    assert direct["traceback"][0] == "total is not written yet."


def test_a_name_that_is_missing_gets_a_next_step_and_no_line_of_the_test(said):
    for test in (TEST, "def inner():\n    return total\ninner()"):
        shown = said("x = 1", test=test)
        assert shown["traceback"][0] == "total is not defined yet." and "Next step: " in shown["evalue"]
        assert "Your code" not in shown["evalue"]
    assert said("raise NotImplementedError()", test="predictions(guess=guess)")["ename"] == "CheckFailed"


def test_the_engines_modules_that_a_lab_provides_can_be_called_and_others_cannot(said):
    answer = (
        "import pathlib\nfrom mini_vllm import config\nfrom mini_vllm.sample import sampler\n"
        "path = pathlib.Path('some.json')\npath.write_text('{}')\n"
        "def total(numbers):\n    %s\n    return sum(numbers)"
    )
    assert said(answer % "config.read_json(path)") == "total adds up.\n"
    refused = said(answer % "sampler._check_greatest(1.0)")
    assert "the exercise asks for your own" in refused["evalue"]


def test_the_judge_and_the_students_process_have_labkit_from_the_same_place(said):
    test = "import labkit\nassert labkit.__file__.endswith('/labkit/__init__.py')\nprint(labkit.__version__)"
    assert said("x = 1", test=test) == said("import labkit\nown = labkit.__version__", test="print(own)")
