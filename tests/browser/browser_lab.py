"""The programs behind the browser's tests: an installed browser, with its pages, and a running scripts/lab.py."""

import contextlib
import os
import queue
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """The path of an installed Chromium or Chrome: CHROMIUM's, one in PATH, or where macOS and Windows keep it."""
    named = os.environ.get("CHROMIUM")
    if named:
        found = shutil.which(named)
        if not found:
            raise ValueError(f"CHROMIUM is {named!r}, and no program is there. Correct it, or leave CHROMIUM out.")
        return found
    places = [Path("/Applications", f"{name}.app", "Contents/MacOS", name) for name in ("Google Chrome", "Chromium")]
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if variable in os.environ:
            installed = Path(os.environ[variable])
            places += [installed / name / "Application" / "chrome.exe" for name in ("Google/Chrome", "Chromium")]
    return next(filter(None, map(shutil.which, NAMES)), None) or next((str(p) for p in places if p.is_file()), None)


def browser_options(program: str) -> dict:
    """What Playwright's launch needs for it; Chromium's own sandbox refuses to run as root."""
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    return {"executable_path": program, "headless": True, "args": [*QUIET, *(["--no-sandbox"] if is_root else [])]}


PAGES = pytest.StashKey[list]()  # of a test, or of all tests of a module: its pages, and where their pictures go


@contextlib.contextmanager
def opened_pages(chromium, node: pytest.Item | pytest.Collector, folder: Path):
    """open_page(address, **options) of conftest.py, for a test or a module. Its pages are closed at the end."""
    contexts = []
    node.stash[PAGES] = shown = []

    def open_page(address: str, **options):
        options = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", "locale": "en-US"} | options
        contexts.append(chromium.new_context(**options))
        contexts[-1].set_default_timeout(120_000)
        page = contexts[-1].new_page()
        shown.append((page, folder / f"page-{len(shown) + 1}.png"))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


class RunningLab:
    """A course's scripts/lab.py. `jupyter`: the folder for all that Jupyter reads and keeps outside of the course."""

    def __init__(self, course: Path, jupyter: Path, person: str = "student"):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            environment[name] = str(jupyter / name.lower())
        environment |= {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
        self.lines: list[str] = []
        self._printed: queue.Queue = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, course / "scripts" / "lab.py", "--open", "no", "--for", person, "--port", str(port)],
            cwd=course,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        threading.Thread(target=self._read, daemon=True).start()
        self._start = self._announced(time.monotonic() + 180)

    def _read(self):
        for line in self._process.stdout:  # read to the end: a full pipe would stop the server
            self.lines.append(line)
            self._printed.put(line)
        self._printed.put(None)

    def _announced(self, until: float) -> str:
        while True:
            try:
                line = self._printed.get(timeout=max(0, until - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                self.stop()
                raise RuntimeError("scripts/lab.py printed no address:\n" + "".join(self.lines))
            if line.startswith("JupyterLab: "):
                return line.split()[1]

    def address(self, start_page: str | None) -> str:
        """The address it printed; or the one of JupyterLab with nothing open but `start_page`."""
        if start_page is None:
            return self._start
        whole = urlsplit(self._start)
        return whole._replace(path=f"/lab/tree/{start_page}", query=f"{whole.query}&reset").geturl()

    def stop(self):
        """Ends the server, which ends its kernels."""
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
