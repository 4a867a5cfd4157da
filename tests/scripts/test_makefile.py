"""The Makefile keeps people's work, and passes on what the user gave and nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).resolve().parents[2] / "Makefile"
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")


def make(folder, *words, **variables):
    """Runs make in a folder, as from a shell that is in no make itself (`make test` runs these tests)."""
    ours = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "PYTHON", "PORT", "HOST", "OPEN", "FOR"}
    environment = {name: value for name, value in os.environ.items() if name not in ours} | variables
    command = ["make", "-f", MAKEFILE, *words]
    return subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=120
    )


def test_clean_removes_what_can_be_made_again_and_keeps_everything_else(tmp_path):
    kept = ["gradebook.db", "release/p/lab.ipynb", "work/p/lab.ipynb", "source/p/lab.ipynb", "grading/demo.py"]
    kept += [f"{folder}/student/p/lab.ipynb" for folder in ("submitted", "autograded", "feedback")]
    removed = [".venv/bin/python", "build/x", "course.egg-info/x", ".pytest_cache/x"]
    removed += [f"{package}/__pycache__/x.pyc" for package in ("mini_vllm", "labkit", "grading", "scripts", "tests")]
    for name in kept + removed:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert make(tmp_path, "clean").returncode == 0
    assert [name for name in kept if not (tmp_path / name).exists()] == []
    assert [name for name in removed if (tmp_path / name).exists()] == []


def test_without_python_make_says_what_to_install(tmp_path):
    result = make(tmp_path, "lab", "PYTHON=no-such-python")
    assert result.returncode != 0
    assert "'no-such-python'" in result.stderr and "Install Python 3.11 or newer" in result.stderr


def test_lab_gets_the_port_and_host_from_the_command_line_only(tmp_path):
    # conda and some shells set HOST to the machine's or the compiler's name, in everybody's environment
    assert '--port "8888" --host "127.0.0.1"' in make(tmp_path, "-n", "lab", HOST="x86_64-linux").stdout
    assert '--port "8890" --host "::1"' in make(tmp_path, "-n", "lab", "PORT=8890", "HOST=::1").stdout


def test_lab_is_a_students_unless_the_command_line_says_otherwise(tmp_path):
    assert '--for "student"' in make(tmp_path, "-n", "lab", FOR="instructor").stdout
    assert '--for "instructor"' in make(tmp_path, "-n", "lab", "FOR=instructor").stdout
    assert "make lab FOR=instructor" in make(tmp_path).stdout


def test_make_alone_lists_every_command(tmp_path):
    output = make(tmp_path).stdout
    phony = next(line for line in MAKEFILE.read_text().splitlines() if line.startswith(".PHONY:"))
    for command in set(phony.split()[1:]) - {"help"}:
        assert f"make {command} " in output
