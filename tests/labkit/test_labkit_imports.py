"""What a lab loads before it is asked for anything: a student waits for it, and so does each submission."""

import subprocess
import sys
from pathlib import Path

import labkit

HEAVY = ("matplotlib", "ipywidgets", "jinja2", "tqdm", "mini_vllm.engine", "mini_vllm.entrypoints")


def test_the_labs_load_neither_plots_nor_the_engine():
    labs = sorted(f"labkit.{folder.name}" for folder in Path(labkit.__file__).parent.glob("lab_*"))
    code = (
        f"import sys, labkit; labkit.start('01'); import {', '.join(labs)}\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "Lab 01 is ready.\n[]\n"


def test_every_name_that_mini_vllm_promises_is_there():
    code = (
        "import mini_vllm\nassert set(mini_vllm.__all__) <= set(dir(mini_vllm))\n"
        "print([getattr(mini_vllm, name).__name__ for name in mini_vllm.__all__] == mini_vllm.__all__)\n"
        "from mini_vllm import *\nLLM, SamplingParams"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout == "True\n", run.stderr
