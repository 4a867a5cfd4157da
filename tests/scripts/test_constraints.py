"""constraints.txt names one version of each package, so that a course installs the same in spring and in autumn."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = [Requirement(line) for line in LINES if line and not line.lstrip().startswith("#")]
ASKED = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines]
ASKED += [Requirement(line) for line in PROJECT["dependencies"]]
VERSIONS = ["3.11", "3.12", "3.13", "3.14"]
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix", "platform_system": "Linux"},
    "macos": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix", "platform_system": "Darwin"},
    "windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt", "platform_system": "Windows"},
}


def applies(requirement: Requirement, where: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(where | {"extra": ""})


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("version", VERSIONS)
def test_each_package_that_is_asked_for_has_one_version_in_its_range(version, system):
    where = SYSTEMS[system] | {"python_version": version, "python_full_version": f"{version}.0"}
    where |= {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
    pins = [pin for pin in PINS if applies(pin, where)]
    assert len({pin.name for pin in pins}) == len(pins) > 100
    chosen = {pin.name: str(pin.specifier).removeprefix("==") for pin in pins}
    asked = [package for package in ASKED if applies(package, where) and package.name != PROJECT["name"]]
    wrong = [str(package) for package in asked if not package.specifier.contains(chosen.get(package.name, "0"))]
    assert wrong == [], "Next step: make lock"


def test_jsonschema_is_a_version_that_is_imported_at_once():
    """jsonschema 4.25 builds a grammar of addresses when it is imported: seconds in each process of nbgrader."""
    (jsonschema,) = [pin for pin in PINS if pin.name == "jsonschema"]
    assert str(jsonschema.specifier).startswith("==4.24.")


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_the_versions_go_together_and_nothing_is_left_open(version, tmp_path):
    solve = ["pip", "compile", "pyproject.toml", "--all-extras", "--constraint", "constraints.txt", "--no-annotate"]
    solve += ["--python-version", version, "--no-header", "--output-file", str(tmp_path / "solved.txt"), "--quiet"]
    run = subprocess.run([sys.executable, "-m", "uv", *solve], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    solved = (Requirement(line) for line in (tmp_path / "solved.txt").read_text().splitlines())
    pinned = {(pin.name, str(pin.specifier)) for pin in PINS}
    assert {(package.name, str(package.specifier)) for package in solved} <= pinned
