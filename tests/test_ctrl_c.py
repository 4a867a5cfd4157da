"""Ctrl-C ends every command that takes a while with status 130, and with a sentence instead of a traceback."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "release": ["-m", "grading", "release", "--check"],
    "demo": ["-m", "grading", "demo", "--folder", "demo"],
    "bench": ["-m", "mini_vllm", "bench", "--output-len", "900", "--batch-sizes", "1", "2", "4", "8", "16", "32"],
    "make_pictures": [str(ROOT / "docs" / "make_pictures.py")],
}


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to a group of processes")
@pytest.mark.parametrize(
    "name",  # of grading, `release` stands for all: what a Ctrl-C does is decided in one place
    [pytest.param(name, marks=pytest.mark.slow if name == "demo" else ()) for name in COMMANDS],
)
def test_ctrl_c_while_a_command_works_ends_it_with_status_130(name, tmp_path):
    shutil.copytree(ROOT / "source", tmp_path / "source")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    command = [sys.executable, "-u", *COMMANDS[name]]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, start_new_session=True, **pipes)
    assert process.stdout.read(1)  # it has begun
    errors = errors_after_ctrl_c(process)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors


def errors_after_ctrl_c(process: subprocess.Popen) -> str:
    """What the process has written to stderr when it has ended.

    Python loses a Ctrl-C that comes during a callback, such as those of its imports. Whoever sees nothing happen
    presses again.
    """
    for seconds in (15, 120):
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        try:
            return process.communicate(timeout=seconds)[1]
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    return f"It did not end: {process.communicate()[1]}"
