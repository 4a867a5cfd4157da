"""The wheel of this repository, built without a download and without a file left in the checkout."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build_wheel(place: Path) -> Path:
    """place: an empty folder. Returns the path of the wheel in it."""
    commands = ["egg_info", "--egg-base", place, "build", "--build-base", place / "build"]
    commands += ["bdist_wheel", "--bdist-dir", place / "unpacked", "--dist-dir", place]
    setup = [sys.executable, "-c", "import setuptools; setuptools.setup()", "--quiet", *map(str, commands)]
    run = subprocess.run(setup, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    (wheel,) = place.glob("*.whl")
    return wheel
