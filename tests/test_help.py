"""Every command says what it is for, with an example, and its exit status can be used by a script."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from forked_commands import completed, module_of

ROOT = Path(__file__).parents[1]
MAIN = '\nif __name__ == "__main__":'
NOT_FOR_PEOPLE = {"grading/student_process/start.py", "grading/judge/serve.py"}  # started by grading alone
NEEDS = {"training/train.py": "torch", "benchmarks/bench_sampler.py": "torch"}  # and say so without it
FOLDERS = ("mini_vllm", "grading", "scripts", "training", "docs", "benchmarks")
FILES = sorted(path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
COMMANDS = [name for name in FILES if name not in NOT_FOR_PEOPLE and MAIN in (ROOT / name).read_text(encoding="utf-8")]
SUBCOMMANDS = {
    "grading/__main__.py": ("autograde", "feedback", "export", "exam", "release", "new-lab", "demo"),
    "mini_vllm/__main__.py": ("complete", "chat", "serve", "bench", "pull"),
}
CASES = [(name,) for name in COMMANDS] + [(name, sub) for name, subs in SUBCOMMANDS.items() for sub in subs]


LINES = [(*command, "--help") for command in CASES] + [(name, "--no-such-option") for name in COMMANDS]


def run(name: str, *arguments: str) -> subprocess.CompletedProcess:
    module = module_of(name)
    command = [sys.executable, *(("-m", module) if module else (str(ROOT / name),)), *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module", params=["forked", pytest.param("by itself", marks=pytest.mark.slow)])
def said(request):
    """said("scripts/lab.py", "--help"): what came of that; "by itself": in a new Python, as a person starts it."""
    if request.param == "by itself":
        return run
    forked = completed(LINES)
    return lambda *line: forked[line]


@pytest.mark.parametrize("command", CASES, ids=" ".join)
def test_help_says_what_a_command_is_for_with_an_example(command, said):
    help_text = said(*command, "--help")
    needed = NEEDS.get(command[0])
    if needed and importlib.util.find_spec(needed) is None:
        assert help_text.returncode == 1 and needed in help_text.stderr and "Next step:" in help_text.stderr
        return
    assert help_text.returncode == 0, help_text.stderr
    assert "Traceback" not in help_text.stderr
    assert "Example" in help_text.stdout
    description = help_text.stdout.split("\n\n")[1]
    assert description[0].isupper() and description.rstrip().endswith("."), description


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NEEDS])
def test_a_wrong_option_ends_with_status_2_and_is_named(name, said):
    wrong = said(name, "--no-such-option")
    assert wrong.returncode == 2
    assert "usage:" in wrong.stderr and "Traceback" not in wrong.stderr


def test_a_group_of_commands_lists_each_of_them():
    for name, commands in SUBCOMMANDS.items():
        listed = run(name, "--help").stdout
        assert [command for command in commands if not re.search(rf"^    {command}\s", listed, re.MULTILINE)] == []
