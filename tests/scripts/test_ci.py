"""CI, on GitHub and elsewhere, runs the commands of a contributor, on the Python versions that the project supports."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
LINT = ("ruff check", "ruff format --check", "mypy")


def test_the_fast_tests_run_on_every_python_that_the_project_names():
    named = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if "Python :: 3." in line]
    assert WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["python"] == named
    assert PROJECT["requires-python"] == f">={named[0]}"


def test_the_workflow_runs_make_test_and_ci_run_and_nothing_else():
    steps = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    commands = [step["run"].removeprefix('sudo env "PATH=$PATH" ') for step in steps if "run" in step]
    assert commands == ["make test", ".ci/run"]
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]) for step in steps if "uses" in step)


def test_ci_checks_rules_format_and_types_before_the_tests():
    lines = RUN.splitlines()
    places = [lines.index(f".venv/bin/{command}") for command in LINT]
    assert lines.index("make install") < places[0] and places[-1] < lines.index("make test")


def test_each_hook_is_a_program_of_the_environment():
    assert {"nbstripout", "ruff-check", "ruff-format", "mypy"} <= {hook["id"] for hook in HOOKS}
    wrong = [h["id"] for h in HOOKS if h["language"] != "system" or not h["entry"].startswith(".venv/bin/python -m ")]
    assert wrong == []


def test_contributing_names_the_same_checks():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [command for command in LINT if f"\n.venv/bin/{command}\n" not in page] == []
