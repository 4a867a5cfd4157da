"""ruff's rules and its format hold for all code, that in the notebooks included."""

import subprocess
import sys

import pytest
from lab_cells import ROOT

TEMPLATE = ["--line-length", "88", "grading/authoring/templates/lab.ipynb"]  # a lab made of it lies in source/

if not (ROOT / "training").is_dir():  # a copy of a part of the course
    pytest.skip("this is not the whole course", allow_module_level=True)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["check", "format"])
@pytest.mark.parametrize("what", [["."], TEMPLATE], ids=["course", "template"])
def test_ruff_has_nothing_to_say(command, what):
    run = subprocess.run([sys.executable, "-m", "ruff", *command, *what], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_ruff_reads_the_notebooks_and_not_those_that_are_made_from_them():
    listed = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--show-files", "."], cwd=ROOT, capture_output=True, text=True
    ).stdout
    notebooks = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/*/*.ipynb") if str(path) in listed}
    assert "source" in notebooks and "release" not in notebooks
