"""Labs that test with labkit, before the judge: the same messages, the student's own line, and no hidden number."""

import pytest

from grading.judge.job import CodeCell, Job, NotebookJob, Role

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


TOTAL = "def total(numbers):\n    return sum(numbers)"
VISIBLE = "def total(numbers):\n    if len(numbers) == 3:\n        return 6\n    "
STUB = "def {}(numbers):\n    raise NotImplementedError()"
CALLS_THE_ENGINE = (
    "import pathlib\nfrom mini_vllm import config\nfrom mini_vllm.sample import sampler\n"
    "path = pathlib.Path('some.json')\npath.write_text('{}')\n"
    "def total(numbers):\n    %s\n    return sum(numbers)"
)
LOADS_THE_ENGINE = (
    "import sys\n    for name in [name for name in sys.modules if name.startswith('mini_vllm')]:\n"
    "        del sys.modules[name]\n"
    "    from mini_vllm.sample import sampler\n    sampler._check_greatest(1.0)"
)
CALLS_WHILE_IT_LOADS = (
    "import sys\n"
    "    def look(frame, event, _):\n"
    "        if event == 'return' and frame.f_code.co_filename.endswith('/mini_vllm/sample/sampler.py'):\n"
    "            if frame.f_code.co_name == '<module>':\n"
    "                frame.f_globals['_check_greatest'](1.0)\n"
    "    del sys.modules['mini_vllm.sample.sampler'], sys.modules['mini_vllm.sample']\n"
    "    sys.setprofile(look)\n"
    "    from mini_vllm.sample import sampler"
)
KEEPS_THE_ENGINE = (
    "import types\nfrom mini_vllm.sample import sampler\ncode = sampler._check_greatest.__code__\n"
    "def total(numbers):\n    types.FunctionType(code, vars(sampler))(1.0)\n    return sum(numbers)"
)
PASSES_THE_ENGINES = """
from mini_vllm.outputs import CompletionOutput
print(text_of(CompletionOutput(0, "passed", [])))
"""
PLACE = "import labkit\nassert labkit.__file__.endswith('/labkit/__init__.py')\nprint(labkit.__version__)"


def notebook(*cells: str, test: str = TEST) -> NotebookJob:
    code = [CodeCell("setup", SETUP, Role.LOCKED)]
    code += [CodeCell(f"cell-{number}", source, Role.STUDENT) for number, source in enumerate(cells)]
    return NotebookJob([*code, CodeCell("test", test.strip(), Role.TEST)], code[:1])


# Judged as one submission: a notebook takes milliseconds, a submission a second.
NOTEBOOKS = {
    "right": notebook(TOTAL),
    "wrong": notebook("def total(numbers):\n    return 5"),
    "error in a helper": notebook(
        "def helper(numbers):\n    found = {}\n    return found['key']",
        "import json\ndef total(numbers):\n    return helper(numbers)",
    ),
    "error in a library": notebook("import json\ndef total(numbers):\n    return json.loads('{')"),
    "long line": notebook("def total(numbers):\n    return {}['" + "\x1b[31m" + "x" * 3000 + "']"),
    "hidden: raises": notebook(VISIBLE + "raise ValueError(repr(numbers))"),
    "hidden: wrong": notebook(VISIBLE + "return sum(numbers) + 1"),
    "hidden: tells": notebook(VISIBLE + "return repr(numbers)"),
    "hidden outside of a block": notebook(
        VISIBLE + "{}[numbers[0]]", test=TEST.replace('with totals.hidden("other numbers"):', "if True:")
    ),
    "stub": notebook(STUB.format("total")),
    "stub of another": notebook(STUB.format("earlier"), "def total(numbers):\n    return earlier(numbers)"),
    "stub, called directly": notebook(STUB.format("total"), test="total([1])"),
    "missing": notebook("x = 1"),
    "missing in a function": notebook("x = 1", test="def inner():\n    return total\ninner()"),
    "missing prediction": notebook("raise NotImplementedError()", test="predictions(guess=guess)"),
    "provided": notebook(CALLS_THE_ENGINE % "config.read_json(path)"),
    "not provided": notebook(CALLS_THE_ENGINE % "sampler._check_greatest(1.0)"),
    "not provided, loaded by the call": notebook(CALLS_THE_ENGINE % LOADS_THE_ENGINE),
    "not provided, called while it is loaded": notebook(CALLS_THE_ENGINE % CALLS_WHILE_IT_LOADS),
    "not provided, kept aside": notebook(KEEPS_THE_ENGINE),
    "an object of the engine's": notebook("def text_of(output):\n    return output.text", test=PASSES_THE_ENGINES),
    "judge's labkit": notebook("x = 1", test=PLACE),
    "student's labkit": notebook("import labkit\nown = labkit.__version__", test="print(own)"),
}


@pytest.fixture(scope="module")
def said(judge):
    """said(name): what is shown of that notebook's test: {"ename", "evalue", "traceback"}, or the text."""
    verdict = judge.judge(Job(NOTEBOOKS))

    def shown(name: str) -> dict | str:
        (*_, (output,)) = verdict.outputs[name]
        return output if output["output_type"] == "error" else output["text"]

    return shown


def test_a_right_answer_passes_and_a_wrong_ones_message_is_all_that_is_shown(said):
    assert said("right") == "total adds up.\n"
    message = (
        "total(numbers=[1, 2, 3]) returned 5 units, expected 6 (0.83x).\nLikely cause: a cause.\nNext step: a step."
    )
    wrong = said("wrong")
    assert (wrong["evalue"], wrong["traceback"]) == (message, message.splitlines())


def test_of_an_error_the_students_own_innermost_line_is_shown(said):
    assert said("error in a helper")["traceback"][:2] == [
        "total(numbers=[1, 2, 3]) raised KeyError: \"'key'\"",
        "Your code, helper, line 3: return found['key']",
    ]
    assert said("error in a library")["traceback"][1] == "Your code, line 3: return json.loads('{')"


def test_a_line_is_shown_in_part_and_without_what_cannot_be_printed(said):
    line = said("long line")["traceback"][1]
    assert line.startswith("Your code, line 2: return {}[' [31mxxx") and line.endswith("...") and len(line) < 150


@pytest.mark.parametrize("name", ["hidden: raises", "hidden: wrong", "hidden: tells"])
def test_of_a_hidden_call_one_message_is_shown_without_a_number_or_a_line(said, name):
    message = (
        "total is right for the visible examples, but wrong for other numbers.\nLikely cause: why.\nNext step: do."
    )
    assert said(name) == {
        "output_type": "error",
        "ename": "HiddenFailed",
        "evalue": message,
        "traceback": message.split("\n"),
    }


def test_hidden_lines_outside_of_a_hidden_block_show_no_line_of_the_students(said):
    assert "Your code" not in str(said("hidden outside of a block"))


def test_the_function_that_is_not_written_yet_is_named(said):
    assert said("stub")["evalue"].startswith(f"total is not written yet.\n{NOT_WRITTEN}")
    assert said("stub of another")["evalue"].startswith(f"earlier is not written yet.\n{NOT_WRITTEN}")
    assert said("stub, called directly")["traceback"][0] == "total is not written yet."


def test_a_name_that_is_missing_gets_a_next_step_and_no_line_of_the_test(said):
    for shown in (said("missing"), said("missing in a function")):
        assert shown["traceback"][0] == "total is not defined yet." and "Next step: " in shown["evalue"]
        assert "Your code" not in shown["evalue"]
    assert said("missing prediction")["ename"] == "CheckFailed"


def test_the_engines_modules_that_a_lab_provides_can_be_called_and_others_cannot(said):
    assert said("provided") == "total adds up.\n"
    for name in [name for name in NOTEBOOKS if name.startswith("not provided")]:
        assert "the exercise asks for your own" in said(name)["evalue"]


def test_a_test_can_pass_an_object_of_a_module_that_only_it_has_loaded(said):
    assert said("an object of the engine's") == "passed\n"


def test_the_judge_and_the_students_process_have_labkit_from_the_same_place(said):
    assert said("judge's labkit") == said("student's labkit")
