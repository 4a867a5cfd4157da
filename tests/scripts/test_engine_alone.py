"""`pip install .` gives the engine with numpy alone; what else it can use is an extra, and a message names it."""

import email
import os
import re
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import files
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

COURSE = ("grading", "labkit", "nbgrader", "jupyter", "IPython", "matplotlib", "pytest")


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory) -> Path:
    """The Python of an environment with the wheel and numpy, and no other package, not even pip."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    (packages,) = place.glob("lib/python*/site-packages")
    # numpy's own folders, instead of a download
    site = Path(np.__file__).parents[1]
    for name in {file.parts[0] for file in files("numpy") if file.parts[0] != ".."}:
        (packages / name).symlink_to(site / name)
    pip = [sys.executable, "-m", "pip", "--python", place / "bin" / "python", "install", "--no-index", "--quiet"]
    run = subprocess.run([*pip, wheel], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return place / "bin" / "python"


def run(python: Path, code: str) -> subprocess.CompletedProcess:
    """In a process that finds no model in a cache."""
    command = [python, "-I", "-c", code]
    environment = {**os.environ, "MINI_VLLM_CACHE": str(python.parent / "no models")}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=python.parent, env=environment)


def test_the_engine_requires_numpy_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
    required = [Requirement(line) for line in metadata.get_all("Requires-Dist")]
    assert [str(package.name) for package in required if package.marker is None] == ["numpy"]
    assert metadata["License-Expression"] == "Apache-2.0" and metadata["License-File"] == "LICENSE"


def test_alone_it_generates_text_and_imports_nothing_of_the_course(python):
    code = (
        "import sys\nfrom mini_vllm import LLM, SamplingParams\n"
        "(output,) = LLM().generate('Once upon a time', SamplingParams(temperature=0, max_tokens=8))\n"
        "print(repr(output.outputs[0].text))\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names))"
    )
    result = run(python, code)
    text, packages = result.stdout.splitlines()
    assert re.search("[a-z]{3}", text) and result.stderr == ""
    loaded = packages.split()
    assert {"mini_vllm", "numpy"} <= {*loaded} and not [name for name in loaded if name.startswith(COURSE)]


def test_its_command_completes_a_text(python):
    command = [python.parent / "mini-vllm", "complete", "Once upon a time", "--max-tokens", "8", "--temperature", "0"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("Once upon a time") and len(result.stdout) > 30


@pytest.mark.parametrize(
    ("code", "library"),
    [
        ("LLM().chat([{'role': 'user', 'content': 'Hello'}])", "jinja2"),
        ("from mini_vllm.model_loader import pull; pull('smollm2-135m-instruct')", "gguf"),
        ("import pathlib, mini_vllm.tokenizer as t; t.FastTokenizer.from_folder(pathlib.Path())", "tokenizers"),
    ],
)
def test_what_needs_more_says_what_to_install(python, code, library):
    result = run(python, f"from mini_vllm import LLM\n{code}")
    said = f'ImportError: This needs {library}, which is not installed: pip install "mini-vllm[models]"'
    assert result.stderr.endswith(f"{said}\n")


def test_the_server_says_what_to_install(python):
    result = subprocess.run([python.parent / "mini-vllm", "serve"], capture_output=True, text=True, timeout=120)
    said = 'mini-vllm: This needs starlette, which is not installed: pip install "mini-vllm[serve]"\n'
    assert (result.returncode, result.stderr) == (1, said)


@pytest.mark.parametrize("package", ["mini_vllm", "labkit"])
def test_type_checkers_find_the_types(wheel, package):
    with zipfile.ZipFile(wheel) as archive:
        assert f"{package}/py.typed" in archive.namelist()
