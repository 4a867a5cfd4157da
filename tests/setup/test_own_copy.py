"""pytest takes the student's copy in work/ where there is one, else release/."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
LAB = "phase/lab-01-tiny.ipynb"
SETTINGS = {"schema_version": 3, "points": 1, "task": False}
ANSWER = {"grade": False, "solution": True, "locked": False, "grade_id": "two", "schema_version": 3, "task": False}
TEST = {"grade": True, "solution": False, "locked": True, "grade_id": "correct_two", **SETTINGS}


def write(path: Path, answer: str, test: str) -> None:
    cells = [
        nbformat.v4.new_code_cell(source, metadata={"nbgrader": nbgrader})
        for source, nbgrader in ((answer, ANSWER), (test, TEST))
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


@pytest.fixture
def course(tmp_path) -> Path:
    for name in ("conftest.py", "nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    write(tmp_path / "source" / LAB, "two = 2", "assert two == 2\nassert type(two) is int, 'hidden'")
    write(tmp_path / "release" / LAB, "raise NotImplementedError()", "assert two == 2")
    return tmp_path


def verdict(course: Path, lab: str, **environment: str) -> tuple[str, str]:
    """PASSED or FAILED, and all that pytest prints."""
    variables = {name: value for name, value in os.environ.items() if name not in ("LAB_IMPL", "CI", "BUILD_NUMBER")}
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", lab]
    ran = subprocess.run(command, cwd=course, env=variables | environment, capture_output=True, text=True)
    return re.search(r"PASSED|FAILED", ran.stdout)[0], ran.stdout


def test_the_students_copy_is_under_the_whole_specification_and_work_comes_before_release(course):
    assert verdict(course, f"source/{LAB}")[0] == "PASSED"
    assert verdict(course, f"source/{LAB}", LAB_IMPL="starter")[0] == "FAILED"  # release/, untouched
    write(course / "work" / LAB, "two = 2.0", "assert two == 2")
    result, said = verdict(course, f"source/{LAB}", LAB_IMPL="starter")
    assert result == "FAILED" and "hidden" in said
    write(course / "work" / LAB, "two = 1 + 1", "")
    assert verdict(course, f"source/{LAB}", LAB_IMPL="starter")[0] == "PASSED"


def test_the_copy_in_work_runs_by_itself_with_its_visible_tests(course):
    write(course / "work" / LAB, "two = 2.0", "assert two == 2")
    assert verdict(course, f"work/{LAB}")[0] == "PASSED"
    assert verdict(course, f"release/{LAB}")[0] == "FAILED"
