"""The engine on every Python from 3.11 on that this machine has: on PATH, or installed by pyenv."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

NEWEST = 14  # of the versions that pyproject.toml names


def interpreters() -> dict[str, str]:
    """version -> program, this one's own included."""
    # pyenv's shims are on PATH for every version, and only say that it is not chosen.
    folders = [Path(folder) for folder in os.get_exec_path() if not folder.endswith("shims")]
    folders += sorted((Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions").glob("*/bin"))
    found = {f"3.{sys.version_info.minor}": sys.executable}
    for minor in range(11, NEWEST + 1):
        for program in (folder / f"python3.{minor}" for folder in folders):
            if program.is_file():
                found.setdefault(f"3.{minor}", str(program))
    return found


@pytest.mark.slow  # test_engine_alone.py does it with the Python that runs the tests, without a download
@pytest.mark.parametrize("version", interpreters())
def test_the_wheel_alone_generates_the_same_text_on(version, wheel, tmp_path):
    subprocess.run([interpreters()[version], "-m", "venv", "--without-pip", tmp_path], check=True)
    python = tmp_path / "bin" / "python"
    # uv takes seconds, and make installs it where it can be had.
    pip = ["uv", "pip", "install", "--python", python] if find_spec("uv") else ["pip", "--python", python, "install"]
    installed = subprocess.run([sys.executable, "-m", *pip, wheel], capture_output=True, text=True, timeout=300)
    assert installed.returncode == 0, installed.stderr
    command = [tmp_path / "bin" / "mini-vllm", "complete", "Once upon a time", "--max-tokens", "20", "--temperature=0"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert re.match("Once upon a time, there was a ", result.stdout), result.stdout
