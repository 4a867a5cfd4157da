"""Times a newcomer's way: from a fresh clone to the first exercise that passes, step by step, in a real browser.

    .venv/bin/python benchmarks/first_exercise.py

Clones the last commit into an empty folder, runs `make lab` there with no cache of packages, and does in Chromium
what a student does, without a student's thinking. Needs git, make, Chromium and playwright (`make install`).
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from browser_lab import browser_options, find_browser  # noqa: E402 (what the tests in a browser use)
from lab_page import LabPage, solutions  # noqa: E402

LAB = "phase-00-foundations/lab-01-kv-cache-speedup.ipynb"
EXERCISE = "work_without_cache"


class Steps:
    """Prints each step with its seconds."""

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()

    def done(self, what: str) -> None:
        now = time.perf_counter()
        print(f"{now - self.last:7.1f} s  {what}", flush=True)
        self.last = now


def main() -> int:
    """Prints the steps and their sum."""
    example = "Example: .venv/bin/python benchmarks/first_exercise.py"
    argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=example).parse_args()
    browser = find_browser()
    if browser is None:
        sys.exit("No Chromium here. Next step: sudo apt install chromium, or CHROMIUM=/path/to/chrome")
    with tempfile.TemporaryDirectory() as folder:
        course, steps = Path(folder, "course"), Steps()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(course)], check=True)
        steps.done("git clone, from this disk")
        environment = os.environ | {"PIP_NO_CACHE_DIR": "1", "HOME": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # with it, each process compiles all packages anew
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True, "start_new_session": True}
        lab = subprocess.Popen(["make", "lab", "OPEN=no", "PORT=8891"], cwd=course, env=environment, **pipes)
        try:
            address = wait_for_address(lab)
            steps.done("make lab: .venv, packages from the network, JupyterLab's address printed")
            in_the_browser(browser, course, address, steps)
        finally:
            os.killpg(lab.pid, signal.SIGINT)  # as Ctrl-C in a terminal
            lab.wait(60)
    print(f"{steps.last - steps.start:7.1f} s  in all")
    return 0


def wait_for_address(lab: subprocess.Popen) -> str:
    lines = []
    for line in lab.stdout:
        lines.append(line)
        if line.startswith("JupyterLab: "):
            return line.split()[1]
    sys.exit("make lab printed no address, but:\n" + "".join(lines))


def in_the_browser(browser: str, course: Path, address: str, steps: Steps) -> None:
    """Start page, lab 01, its set-up cell, the first exercise untouched, then answered."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        page = playwright.chromium.launch(**browser_options(browser)).new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(address)
        page.get_by_role("heading", name="Phase 00 · Foundations").wait_for()
        steps.done("the start page is shown")
        page.get_by_role("link", name="lab 01", exact=True).click()
        lab = LabPage(page, course / "work" / LAB)
        steps.done("lab 01 is open, its kernel has started")
        lab.run("setup")
        steps.done("its set-up cell is run")
        lab.run(EXERCISE)
        expect(lab.run(f"correct_{EXERCISE}"), "is not written yet")
        steps.done("the first exercise's test says what to do")
        lab.write(EXERCISE, solutions(course / "source" / LAB)[EXERCISE])
        lab.run(EXERCISE)
        expect(lab.run(f"correct_{EXERCISE}"), "counts every step")
        steps.done("the answer is typed, and its test passes")


def expect(said: str, part: str) -> None:
    if part not in said:
        sys.exit(f"The test was to say {part!r}, and said:\n{said}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
