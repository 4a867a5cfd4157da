"""The report of a class, the terminal that it is printed to, and the export, whatever submissions are called and do."""

# ruff: noqa: E501 (programs in strings)

import csv
import io
import subprocess
import sys

import pytest
from attack_register import Submission, answer, own_cell, right
from course_of_attacks import ASSIGNMENT
from grade_attacks import NBGRADER, PARALLEL, GradedClass
from nbgrader.api import Gradebook

pytestmark = pytest.mark.slow

ESCAPES = "\x1b\x07\x08\x7f\x9b\x00\u202e"
ODD_ENDS = {
    "by_a_cell": "import sys\nraise type('\\x1b[2J\\ud800', (BaseException,), {})('\\x1b]0;taken\\x07\\ud800\\r\\x9b1A')",
    "by_a_process": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos._exit(27)",
    "by_bytes": "import os\nfor fd in range(3, 99):\n    try: os.write(fd, b'\\x1b[2J\\x00\\xff\\xd8\\x00' * 99 + b'\\n')\n    except OSError: pass",
    "by_forged_text": "import json, os\nline = json.dumps({'op': 'gone', 'status': '\\ud800\\x1b]0;taken\\x07'}).encode() + b'\\n'\n"
    "for fd in range(3, 99):\n    try: os.write(fd, line)\n    except OSError: pass",
}


def odd_class() -> dict[str, Submission]:
    submissions = {"plain": right()}
    for name, code in ODD_ENDS.items():
        submissions[name] = right(lambda nb, code=code: own_cell(nb, code, before="root"))
        in_answer = "def total(numbers):\n    " + code.replace("\n", "\n    ") + "\n    return 0"
        submissions[f"{name}_in_an_answer"] = right(lambda nb, source=in_answer: answer(nb, total=source))
    return submissions


@pytest.fixture(scope="module", params=[NBGRADER, PARALLEL], ids=["nbgrader", "parallel"])
def graded(request, tmp_path_factory) -> GradedClass:
    return GradedClass(tmp_path_factory.mktemp("class"), odd_class(), command=request.param, seconds=300)


def test_the_report_of_the_class_is_whole_and_plain(graded):
    """Text that is no Unicode stops no report; no control character of a submission's reaches a terminal."""
    submissions = odd_class()
    assert graded.has_full_points("plain")
    assert not [name for name in submissions if None in graded.earned.get(name, {"": None}).values()], graded.log
    assert not [letter for letter in ESCAPES if letter in graded.log], graded.log
    assert "\x1b[2J" not in graded.log and "]0;taken" not in graded.log
    if graded.command is PARALLEL:
        assert all(f"\n{name} " in graded.log for name in submissions), graded.log
        assert f"{len(submissions)} graded" in graded.log


ODD_NAMES = [
    "=1+1",
    "a;=1+1",
    "a\t=1+1",
    "\x00=1+1",
    "@x",
    "+x",
    "-x",
    "\r=x",
    "\n=x",
    " =x",
    "\uff1d1+1",
    '",=1+1',
    "a|=1",
]


@pytest.mark.parametrize("graded", [PARALLEL], ids=["parallel"], indirect=True)
def test_no_name_becomes_a_formula_in_an_export(graded):
    """Whatever a name begins with, behind whatever a spreadsheet may take for the end of a cell."""
    with Gradebook(f"sqlite:///{graded.course.root}/gradebook.db") as gradebook:
        for number, name in enumerate(ODD_NAMES):
            gradebook.add_student(f"s{number}", last_name=name, first_name=name, email=name)
    root = graded.course.root
    run = subprocess.run(
        [sys.executable, "-m", "grading", "export", ASSIGNMENT], cwd=root, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    files = [path for path in root.glob("*.csv")]
    text = files[0].read_text() if files else run.stdout
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(text), delimiter=separator):
            for field in row:
                begins = field.strip(' \0\t\r\n"')[:1]  # an apostrophe, where it is guarded
                assert begins not in ("=", "@", "\uff1d"), (separator, field)
