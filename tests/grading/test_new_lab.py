"""`make new-lab` begins a lab that passes the course's own checks, and overwrites nothing."""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from empty_gradebook import empty_gradebook
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory

from grading.__main__ import main
from grading.course import load_config

ROOT = Path(__file__).parents[2]
PHASE, NAME, TITLE = "phase-00-foundations", "lab-95-batching", 'Why "batch" \\n {requests}?'
NOTEBOOK = f"source/{PHASE}/{NAME}.ipynb"
MODULES = ["labkit/lab_95/__init__.py", "tests/answers/lab_95/__init__.py"]
ONLY_NEW = ("-p", "no:cacheprovider", "-k", "lab-95")  # lab 01 has its own turn


def course_of_one_lab(root: Path) -> Path:
    """The course with lab 01 only, so that its checks take seconds."""
    for name in ("conftest.py", "nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    for name in ("grading", "labkit", "tests/labs", "tests/answers"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "conftest.py", root / "tests")
    (root / "source" / PHASE).mkdir(parents=True)
    for path in ROOT.glob("source/*/lab-01-*.ipynb"):
        shutil.copy(path, root / "source" / PHASE)
    return root


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def python(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if key not in ("LAB_IMPL", "CI", "BUILD_NUMBER")}
    environment["PYTHONPATH"] = str(root)  # before the installed course
    return subprocess.run([sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True)


def new_lab(root: Path, monkeypatch, *arguments: str) -> int:
    """The exit status of the command, run in a course."""
    monkeypatch.chdir(root)
    return main(["new-lab", *arguments])


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course with a lab that the command has begun."""
    root = course_of_one_lab(tmp_path_factory.mktemp("course"))
    with contextlib.chdir(root), contextlib.redirect_stdout(io.StringIO()) as printed:
        assert main(["new-lab", PHASE, NAME, "--title", TITLE]) == 0
    said = printed.getvalue()
    assert said.splitlines()[:3] == [NOTEBOOK, *MODULES]
    assert "make release" in said and f"-m pytest {NOTEBOOK}" in said
    return root


def test_its_tests_hold_of_its_own_solutions(course):
    cells = nbformat.read(course / NOTEBOOK, as_version=4).cells
    graded = [cell.source for cell in cells if cell.cell_type == "code" and "nbgrader" in cell.metadata]
    run = python(course, "-c", "\n".join(graded))
    assert run.returncode == 0 and "num_batches counts" in run.stdout, run.stderr


@pytest.mark.slow
def test_its_test_cells_pass_as_pytest_runs_them(course):
    run = python(course, "-m", "pytest", "-v", "-p", "no:cacheprovider", NOTEBOOK)
    assert re.findall(r"::(\S+) (\w+)", run.stdout) == [
        ("correct_predict", "PASSED"),
        ("correct_num_batches", "PASSED"),
    ]


@pytest.mark.slow
def test_the_checks_of_every_lab_hold_but_for_those_that_wait_for_the_author(course):
    run = python(course, "-m", "pytest", "-v", *ONLY_NEW, "tests/labs/test_page.py", "tests/labs/test_every_lab.py")
    verdicts = re.findall(r"::(test_\w+)\[lab-95\S*\] (PASSED|FAILED|ERROR)", run.stdout)
    assert len(verdicts) > 20, run.stdout
    assert {name for name, verdict in verdicts if verdict != "PASSED"} == {
        "test_every_exercise_has_three_right_answers_and_eight_mistakes",
        "test_a_lab_has_the_size_of_a_lab",
        "test_locked_code_is_at_most_a_third_of_the_code",
        "test_a_lab_runs_with_nothing_on_stderr_and_draws_two_plots",
    }, run.stdout


def test_the_assignment_is_generated_without_a_hidden_test_and_is_worth_24_points(course, tmp_path):
    (tmp_path / "source" / "phase-95").mkdir(parents=True)
    shutil.copy(course / NOTEBOOK, tmp_path / "source" / "phase-95")
    shutil.copy(course / "nbgrader_config.py", tmp_path)
    (tmp_path / "gradebook.db").write_bytes(empty_gradebook())
    config = load_config(tmp_path, None)
    with contextlib.chdir(tmp_path):
        coursedir = CourseDirectory(config=config, assignment_id="phase-95")
        GenerateAssignment(coursedir=coursedir, config=config).start()
    released = (tmp_path / "release" / "phase-95" / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert "raise NotImplementedError()" in released and "4097" not in released
    assert "4097" in (course / NOTEBOOK).read_text(encoding="utf-8")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        assert gradebook.find_assignment("phase-95").max_score == 24


def test_the_notebook_is_written_as_editors_of_this_course_write_it(course):
    text = (course / NOTEBOOK).read_bytes().decode()
    notebook = nbformat.reads(text, as_version=4)
    assert text == nbformat.writes(notebook) + "\n"
    assert notebook.cells[0].source.startswith(f"# Lab 95 · {TITLE} [CPU-OK]\n")
    assert "{{" not in text and "lab_00" not in text and "from labkit import check, lab_95," in text
    assert not [name for name in MODULES if re.search("{{|lab_00", (course / name).read_text(encoding="utf-8"))]
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids) and not [name for name in ids if re.fullmatch("[0-9a-f]{8}", name)]


def test_its_visible_tests_fit_and_its_lines_are_short(course):
    run = python(course, "-m", "ruff", "check", "--line-length", "88", NOTEBOOK)
    assert run.returncode == 0, run.stdout
    cells = nbformat.read(course / NOTEBOOK, as_version=4).cells
    (test,) = [cell.source for cell in cells if cell.id == "test-num-batches"]
    visible = re.sub(r"^### BEGIN HIDDEN.*^### END HIDDEN TESTS\n", "", test, flags=re.MULTILINE | re.DOTALL)
    assert len(visible.splitlines()) <= 12


@pytest.mark.parametrize(
    "phase, name, title, status, said",
    [
        ("", NAME, "A title", 2, "PHASE is ''"),
        ("Phase 1", NAME, "A title", 2, "PHASE is 'Phase 1'; it must be phase-, two digits"),
        ("../phase-01-x", NAME, "A title", 2, "PHASE is '../phase-01-x'"),
        (PHASE, "lab-5-batching", "A title", 2, "NAME is 'lab-5-batching'; it must be lab-, two digits"),
        (PHASE, "lab-09-Batching", "A title", 2, "phase-02-serving lab-09-batching --title"),
        (PHASE, "lab-09-batching.ipynb", "A title", 2, "NAME is"),
        (PHASE, "lab-09-batching\n", "A title", 2, "NAME is"),
        (PHASE, "lab-95-batching", " ", 2, "--title is ' '"),
        (PHASE, "lab-95-batching", "two\nlines", 2, "--title is 'two\\nlines'"),
        (PHASE, "lab-01-other", "A title", 1, "lab-01-kv-cache-speedup.ipynb already exists"),
        ("phase-02-serving", "lab-97-other", "A title", 1, "tests/answers/lab_97 already exists"),
        ("phase-02-serving", "lab-98-other", "A title", 1, "labkit/lab_98 already exists"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_reason_and_nothing_is_written(
    tmp_path, monkeypatch, capsys, phase, name, title, status, said
):
    root = course_of_one_lab(tmp_path)
    for there in ("tests/answers/lab_97", "labkit/lab_98"):
        (root / there).mkdir()
    before = files(root)
    assert new_lab(root, monkeypatch, phase, name, "--title", title) == status
    assert said in capsys.readouterr().err
    assert files(root) == before


def test_a_second_time_nothing_is_overwritten(course, monkeypatch, capsys):
    before = files(course)
    assert new_lab(course, monkeypatch, PHASE, NAME, "--title", "Another title") == 1
    assert f"{NOTEBOOK} already exists" in capsys.readouterr().err
    assert files(course) == before


def test_outside_of_a_course_it_says_where_to_go(tmp_path, monkeypatch, capsys):
    assert new_lab(tmp_path, monkeypatch, PHASE, NAME, "--title", "A title") == 2
    assert "change to the course's root" in capsys.readouterr().err
