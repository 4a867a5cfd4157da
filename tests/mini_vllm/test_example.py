"""`example.py`, what a reader of the engine runs first."""

import ast
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "example.py"


def test_it_continues_each_of_its_prompts_in_words():
    run = subprocess.run([sys.executable, EXAMPLE], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr  # on a slow machine, stderr shows a progress bar as well
    pairs = [[ast.literal_eval(text) for text in line.split(" -> ")] for line in run.stdout.splitlines()]
    assert [prompt for prompt, _ in pairs] == [
        "Once upon a time",
        "By the river, there lived a",
        "One morning, Adam found",
    ]
    assert all(len(text.split()) > 10 for _, text in pairs)
