"""release/ is what source/ makes, reviewable as text, and no student's work is lost over it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from grading.__main__ import main
from grading.authoring import release

ROOT = Path(__file__).parents[2]
LAB = "release/phase-00-foundations/lab-01-kv-cache-speedup.ipynb"


@pytest.fixture(scope="module")
def made() -> release.Files:
    return release.generate(ROOT)


@pytest.fixture
def course(tmp_path) -> Path:
    """A checkout of a course of one lab, and of what it releases, committed."""
    source = LAB.replace("release", "source", 1)
    (tmp_path / source).parent.mkdir(parents=True)
    shutil.copy(ROOT / source, tmp_path / source)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    made = release.generate(tmp_path)
    release.write(tmp_path, made, list(made))
    git = ["git", "-C", tmp_path, "-c", "user.name=t", "-c", "user.email=t@example.invalid"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "all"], check=True)
    return tmp_path


@pytest.fixture
def run(course, monkeypatch):
    """Run the command in the course; its exit status."""
    monkeypatch.chdir(course)
    return lambda *arguments: main(["release", *arguments])


def answer(notebook: Path) -> bytes:
    """A student's answer in the first solution cell of a released notebook."""
    nb = nbformat.read(notebook, as_version=4)
    cell = next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("solution"))
    cell.source = "guess_long_prompt = 7"
    nbformat.write(nb, notebook)
    return notebook.read_bytes()


def test_release_is_in_step_with_source(made):
    # A student works in release/, so the last commit's copy is as good as the one on disk.
    stale = release.out_of_step(made, release.on_disk(ROOT, {*made, *release.committed(ROOT)}), release.committed(ROOT))
    assert stale == [], "run `make release` and commit release/"


def test_two_releases_are_the_same_bytes(made):
    assert release.generate(ROOT) == made


def test_no_solution_and_no_hidden_test_is_released(made):
    for name, text in made.items():
        assert b"BEGIN SOLUTION" not in text and b"HIDDEN TEST" not in text, name
        assert b"raise NotImplementedError()" in text or not name.endswith(".ipynb"), name


@pytest.mark.parametrize("folder", ["source", "release"])
def test_notebooks_are_reviewable_as_text(made, folder):
    paths = sorted((ROOT / folder).glob("*/*.ipynb"))
    assert paths
    for path in paths:
        nb = json.loads(path.read_text() if folder == "source" else made[path.relative_to(ROOT).as_posix()])
        ids = [cell["id"] for cell in nb["cells"]]
        assert len(set(ids)) == len(ids)
        assert not [cell_id for cell_id in ids if re.fullmatch("[0-9a-f]{8}", cell_id)], "an editor's random id"
        assert set(nb["metadata"]) == {"kernelspec", "language_info"}
        for cell in nb["cells"]:
            assert set(cell["metadata"]) <= {"nbgrader", "tags", "deletable", "editable", "jupyter"}
            assert cell["cell_type"] != "code" or (cell["outputs"], cell["execution_count"]) == ([], None)


def test_a_changed_source_is_released_without_a_question(course, run):
    source = course / LAB.replace("release", "source", 1)
    source.write_text(source.read_text().replace("About 50 minutes", "About 55 minutes"))
    assert run("--check") == 1
    assert run() == 0
    assert "About 55 minutes" in (course / LAB).read_text()
    assert run("--check") == 0


def test_a_students_answer_is_overwritten_only_by_force(course, run, capsys):
    mine = answer(course / LAB)
    assert run() == 1
    assert (course / LAB).read_bytes() == mine
    said = capsys.readouterr().err
    assert LAB in said and "predict" in said and "--force" in said
    assert run("--force") == 0
    assert b"guess_long_prompt = 7" not in (course / LAB).read_bytes()


def test_a_broken_source_notebook_is_named(course, run, capsys):
    (course / LAB.replace("release", "source", 1)).write_text("{")
    assert run() == 1
    assert "source/phase-00-foundations" in capsys.readouterr().err
