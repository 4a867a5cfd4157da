"""pytest runs a lab notebook as the contract of a lab says; see the conftest.py at the top.

The labs here have two exercises each, and all that is asked of one way to run them is asked of one run.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from lab_cells import LABS, Lab, released
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[2]
SETUP = "from labkit import Exercise, check, kinds\nNUMBER = Exercise(read=kinds.whole_number, otherwise=('a', 'b'))"
ANSWER = "def {name}(n):\n    ### BEGIN SOLUTION\n    return {factor} * n\n    ### END SOLUTION"
TEST = """
calls = check({name}, NUMBER)
calls(1).should_be({factor})
### BEGIN HIDDEN TESTS
with calls.hidden("of other numbers"):
    calls(5).should_be(5 * {factor})
### END HIDDEN TESTS
calls.passed("{name} is right.")
""".strip()
EXERCISES = {"double": 2, "triple": 3}
TESTS = [f"correct_{name}" for name in EXERCISES]
DOUBLE = "def double(n):\n    return n + n"
VISIBLE_ONLY = "def triple(n):\n    return 3"
SETTINGS = {"schema_version": 3, "task": False, "locked": True}


def lab(*, tags=(), **cells: str) -> nbformat.NotebookNode:
    """A lab of two exercises. cells: by grade_id, what stands there instead; tags: of every cell."""
    sources = {"setup": SETUP}
    for name, factor in EXERCISES.items():
        sources[name] = ANSWER.format(name=name, factor=factor)
        sources[f"correct_{name}"] = TEST.format(name=name, factor=factor)
    made = []
    for name, source in (sources | cells).items():
        is_test, is_answer = name in TESTS, name in EXERCISES
        nbgrader = SETTINGS | {"grade_id": name, "grade": is_test, "solution": is_answer, "locked": not is_answer}
        nbgrader |= {"points": 1} if is_test else {}
        made.append(new_code_cell(source, metadata={"nbgrader": nbgrader, "tags": list(tags)}))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=made, metadata=kernel)


def as_released(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    for cell in notebook.cells:
        cell.source = released(cell.source)
    return notebook


class Course:
    """The files that pytest needs for notebooks, and labs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("conftest.py", "nbgrader_config.py", "pyproject.toml"):
            shutil.copy(ROOT / name, root)

    def write(self, folder: str, name: str, notebook: nbformat.NotebookNode | str) -> Path:
        path = self.root / folder / "phase" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook))
        return path

    def run_here(self, path: Path, request) -> dict[str, str]:
        """By test cell of the lab, PASSED or what its failure says; its items run in this pytest."""
        verdicts = {}
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("LAB_IMPL", raising=False)
            patch.setitem(names_at_the_top(request), "ROOT", self.root)
            for item in collector_of(path, request).collect():
                try:
                    item.runtest()
                    verdicts[item.name] = "PASSED"
                except Exception:
                    verdicts[item.name] = item.repr_failure(pytest.ExceptionInfo.from_current())
        return verdicts

    def pytest(self, *arguments: str, lab_impl: str) -> "Run":
        """What a run of these labs by a pytest of their own says."""
        # In CI pytest repeats each message in its summary.
        drop = ("LAB_IMPL", "CI", "BUILD_NUMBER", "PYTEST_ADDOPTS")
        environment = {key: value for key, value in os.environ.items() if key not in drop}
        environment |= {"PYTHONPATH": str(ROOT), "LAB_IMPL": lab_impl, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *arguments]
        return Run(subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True))


class Run:
    """What a run of pytest said."""

    def __init__(self, process: subprocess.CompletedProcess) -> None:
        self.status, self.said = process.returncode, process.stdout + process.stderr

    def verdicts(self, name: str) -> dict[str, str]:
        """By test cell of the lab, PASSED or FAILED."""
        return dict(re.findall(rf"{name}\.ipynb::(\S+) (PASSED|FAILED)", self.said))

    def passed(self, name: str) -> list[str]:
        return [test for test, verdict in self.verdicts(name).items() if verdict == "PASSED"]


def collector_of(path: Path, request) -> pytest.Collector:
    (collector,) = request.config.hook.pytest_collect_file(file_path=path, parent=request.session)
    return collector


def names_at_the_top(request) -> dict:
    """Those of the conftest.py at the top."""
    return type(collector_of(LABS[0].path, request)).collect.__globals__


@pytest.mark.parametrize("lab", LABS, ids=[lab.name for lab in LABS])
def test_each_graded_test_cell_is_one_item_named_by_its_grade_id(lab: Lab, request):
    assert [item.name for item in collector_of(lab.path, request).collect()] == list(lab.tests)


def test_an_unknown_implementation_is_named(request, monkeypatch):
    monkeypatch.setenv("LAB_IMPL", "mine")
    with pytest.raises(pytest.UsageError, match="LAB_IMPL='mine' is not known: use LAB_IMPL=starter"):
        list(collector_of(LABS[0].path, request).collect())


def test_the_reference_passes_and_a_warning_of_its_own_does_not(tmp_path, request):
    course = Course(tmp_path)
    path = course.write("source", "warns", lab(correct_double="import warnings\nwarnings.warn('old')"))
    verdicts = course.run_here(path, request)
    assert "The cell wrote to stderr" in verdicts["correct_double"] and "old" in verdicts["correct_double"]
    assert verdicts["correct_triple"] == "PASSED"


@pytest.fixture(scope="module")
def starter(tmp_path_factory) -> Run:
    """LAB_IMPL=starter: an untouched copy in release/, and one in work/ that was edited, under the tests of source/."""
    course = Course(tmp_path_factory.mktemp("starter"))
    for name in ("untouched", "edited"):
        course.write("source", name, lab())
        course.write("release", name, as_released(lab()))
    answers = {"double": DOUBLE, "triple": VISIBLE_ONLY}
    course.write("work", "edited", as_released(lab(**answers, correct_triple="print('edited')")))
    return course.pytest("source", lab_impl="starter")


def test_every_item_of_the_untouched_copy_fails_with_its_message_and_no_traceback(starter):
    assert starter.verdicts("untouched") == dict.fromkeys(TESTS, "FAILED") and starter.status == 1
    assert starter.said.count(" is not written yet.\nNext step:") == len(TESTS)
    assert "Traceback" not in starter.said and "nbclient" not in starter.said


def test_the_starter_is_judged_by_the_hidden_tests_and_by_the_original_ones(starter):
    assert starter.passed("edited") == ["correct_double"]
    assert "of other numbers" in starter.said


def test_the_copy_in_work_comes_before_the_one_in_release(starter):
    assert starter.verdicts("edited")["correct_double"] == "PASSED"  # it is answered in work/ alone


def test_the_released_copy_runs_by_itself_with_its_visible_tests(tmp_path, request):
    course = Course(tmp_path)
    path = course.write("release", "one-answer", as_released(lab(triple=VISIBLE_ONLY)))
    verdicts = course.run_here(path, request)
    assert verdicts["correct_double"].startswith("double is not written yet.")
    assert verdicts["correct_triple"] == "PASSED"


def test_the_copy_in_work_runs_by_itself_and_a_tag_keeps_no_test_cell_from_being_run(tmp_path, request):
    course = Course(tmp_path)
    path = course.write("work", "tagged", as_released(lab(double=DOUBLE, tags=["skip-execution", "__never__"])))
    verdicts = course.run_here(path, request)
    assert verdicts["correct_double"] == "PASSED"
    assert verdicts["correct_triple"].startswith("triple is not written yet.")


def test_a_missing_copy_and_a_broken_one_are_named(tmp_path, request, monkeypatch):
    course = Course(tmp_path)
    monkeypatch.setenv("LAB_IMPL", "starter")
    monkeypatch.setitem(names_at_the_top(request), "ROOT", tmp_path)
    missing, read = (course.write("source", name, lab()) for name in ("missing", "broken"))
    broken = course.write("release", "broken", "{")
    for path, said in (
        (missing, r"missing.ipynb is missing(.|\n)*make release"),
        (read, "broken.ipynb cannot be read"),
    ):
        collector = collector_of(path, request)
        with pytest.raises(pytest.UsageError, match=f"release/phase/{said}"):
            list(collector.collect())
    assert broken.read_text() == "{"
