"""environment.yml (conda, Binder) and pyproject.toml (pip) describe the same environment."""

import re
import subprocess
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
NAMED = [line for line in CONDA if isinstance(line, str)]


def ranges(lines):
    """{package: range} of requirement lines."""
    return {package.name: package.specifier for package in map(Requirement, lines)}


def test_conda_and_pip_install_the_same_packages_in_the_same_ranges():
    packages = [line for line in NAMED if line != "pip" and not line.startswith("python=")]
    assert ranges(packages) == ranges([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["course"]])


def test_conda_installs_a_python_the_course_supports_and_names_it_as_binder_reads_it():
    (python,) = [line for line in NAMED if re.match(r"python\b", line)]
    version = re.fullmatch(r"python=(\d+\.\d+)", python)  # Binder skips any other form
    assert version, f"write python=X.Y, not {python}"
    assert version[1] in SpecifierSet(PROJECT["requires-python"])


def test_conda_installs_the_course_itself_from_this_folder():
    (pip,) = [part["pip"] for part in CONDA if isinstance(part, dict)]
    assert pip == ["-e ."]
    assert "pip" in NAMED


def test_binder_reads_environment_yml_and_post_build_and_nothing_that_would_count_more():
    for instead in ("binder", ".binder", "Dockerfile", "default.nix"):
        assert not (REPOSITORY / instead).exists(), f"with {instead}, Binder ignores the environment.yml of this folder"
    assert (REPOSITORY / "postBuild").read_bytes().startswith(b"#!/usr/bin/env python\n")  # \r would be no program


def test_on_binder_blas_has_one_thread_whatever_the_machine_has():
    show = 'echo "$OPENBLAS_NUM_THREADS $OMP_NUM_THREADS $*"'
    started = [REPOSITORY / "start", "bash", "-c", show, "bash", "with spaces", "--port=1"]
    assert subprocess.check_output(started, text=True) == "1 1 with spaces --port=1\n"
