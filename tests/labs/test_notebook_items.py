"""pytest runs a lab notebook as the contract of a lab says; see the conftest.py at the top."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from lab_cells import LABS, Lab

from grading.authoring import release

ROOT = Path(__file__).parents[2]
LAB = "phase-00-foundations/lab-01-kv-cache-speedup.ipynb"
IDS = list(Lab.read(LAB).tests)


@pytest.fixture(scope="module")
def released() -> release.Files:
    return release.generate(ROOT)


@pytest.fixture
def course(tmp_path, released) -> Path:
    """The files that `pytest source` needs, with an untouched release."""
    for part in ("conftest.py", "nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / part, tmp_path)
    shutil.copytree(ROOT / "source", tmp_path / "source")
    release.write(tmp_path, released, list(released))
    return tmp_path


def pytest_in(course: Path, *arguments: str, lab_impl: str | None = None) -> subprocess.CompletedProcess:
    # In CI pytest repeats each message in its summary.
    environment = {key: value for key, value in os.environ.items() if key not in ("LAB_IMPL", "CI", "BUILD_NUMBER")}
    if lab_impl is not None:
        environment["LAB_IMPL"] = lab_impl
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)


def edit(course: Path, **answers: str) -> None:
    """Put `answers` (grade_id -> source) into the released copy, and change each cell that they name."""
    path = course / "release" / LAB
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
    nbformat.write(nb, path)


def test_each_graded_test_cell_is_one_item_named_by_its_grade_id(course):
    run = pytest_in(course, "source", "-m", "not gpu", "-v")
    assert run.returncode == 0, run.stdout
    assert re.findall(r"\.ipynb::(\S+) PASSED", run.stdout) == [test for lab in LABS for test in lab.tests]


def test_every_item_of_the_untouched_copy_fails_with_its_message_and_no_traceback(course):
    run = pytest_in(course, f"source/{LAB}", "-q", lab_impl="starter")
    assert run.returncode == 1
    assert f"{len(IDS)} failed" in run.stdout and "passed" not in run.stdout
    assert run.stdout.count("is not written yet.\nNext step:") == len(IDS) - 1
    assert "Traceback" not in run.stdout and "nbclient" not in run.stdout


def test_the_starter_is_judged_by_the_hidden_tests_and_by_the_original_ones(course):
    edit(
        course,
        work_with_cache="def work_with_cache(p, n):\n    return 15 if n == 10 else p + n",
        work_without_cache="def work_without_cache(p, n):\n    return sum(range(p, p + n))",
        correct_attention_step="print('edited')",
    )
    run = pytest_in(course, f"source/{LAB}", "-v", lab_impl="starter")
    verdicts = dict(re.findall(r"\.ipynb::(\S+) (PASSED|FAILED)", run.stdout))
    assert verdicts["correct_work_without_cache"] == "PASSED"
    assert verdicts["correct_work_with_cache"] == "FAILED" and "of other lengths" in run.stdout
    assert verdicts["correct_attention_step"] == "FAILED"


def test_the_released_copy_runs_by_itself_with_its_visible_tests(course):
    edit(course, work_without_cache="def work_without_cache(p, n):\n    return sum(range(p, p + n))")
    run = pytest_in(course, f"release/{LAB}", "-v")
    verdicts = dict(re.findall(r"\.ipynb::(\S+) (PASSED|FAILED)", run.stdout))
    assert [name for name, verdict in verdicts.items() if verdict == "PASSED"] == ["correct_work_without_cache"]


def test_a_missing_copy_a_broken_one_and_an_unknown_implementation_are_named(course):
    unknown = pytest_in(course, f"source/{LAB}", lab_impl="mine")
    assert unknown.returncode != 0 and "LAB_IMPL='mine'" in unknown.stdout + unknown.stderr
    path = course / "release" / LAB
    path.write_text("{")
    broken = pytest_in(course, f"source/{LAB}", lab_impl="starter")
    assert broken.returncode != 0 and f"release/{LAB} cannot be read" in broken.stdout + broken.stderr
    assert path.read_text() == "{"
    path.unlink()
    missing = pytest_in(course, f"source/{LAB}", lab_impl="starter")
    assert missing.returncode != 0 and f"release/{LAB} is missing" in missing.stdout + missing.stderr
    assert "make release" in missing.stdout + missing.stderr


@pytest.mark.parametrize("tag", ["skip-execution", "__never__"])
def test_a_tag_keeps_no_test_cell_from_being_run(course, tag):
    path = course / "release" / LAB
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        cell.metadata.tags = [tag]
    nbformat.write(nb, path)
    run = pytest_in(course, f"release/{LAB}", "-q")
    assert f"{len(IDS)} failed" in run.stdout and "passed" not in run.stdout
