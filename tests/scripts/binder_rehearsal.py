"""What Binder does with the course, on this machine: Binder's user, environment.yml's packages, its way to start.

The packages come from PyPI, where they have the names that conda gives them. All else is as on Binder: a fresh
environment, a copy of the repository in another folder, its postBuild and start, and a user who is not root.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import yaml
from course_files import course_files
from uv import find_uv_bin

REPOSITORY = Path(__file__).resolve().parents[2]
BINDERS_USER = 1000  # repo2docker's NB_UID; here it needs no account
TOKEN = "rehearsal"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach this machine


class Rehearsal:
    """A copy of the course and an environment for it, in a folder that is removed at the end."""

    def __init__(self, folder: Path):
        self.folder, self.course, self.environment = folder, folder / "course", folder / "environment"
        self.is_built = False
        self.user = {"user": BINDERS_USER, "group": BINDERS_USER, "extra_groups": []} if is_root() else {}
        self.variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JUPYTER", "PYTHON", "IPYTHON", "VIRTUAL_ENV", "PYTEST", "LAB_IMPL"))
        }
        path = f"{self.environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.variables |= {"HOME": str(folder), "USER": "jovyan", "PATH": path, "TMPDIR": str(folder / "tmp")}

    def run(self, *command, allowed: float = 1500) -> str:
        """What a command of Binder's user prints, run in the course's folder. It must succeed in `allowed` seconds."""
        ran = subprocess.run(
            self.started(command),
            cwd=self.course,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=allowed,
            **self.user,
        )
        assert ran.returncode == 0, f"{command} ended with {ran.returncode}:\n{ran.stdout[-6000:]}"
        return ran.stdout

    def started(self, command) -> list[str]:
        """The command as Binder runs it in a finished container."""
        start = self.course / "start"
        return [str(word) for word in ([start, *command] if self.is_built and start.exists() else command)]

    def build(self) -> None:
        """The steps of repo2docker: copy, conda's packages, pip's packages, postBuild."""
        for name in course_files():
            (self.course / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, self.course / name)
        (self.folder / "tmp").mkdir()
        python = self._python()
        self._give_away()
        self.run(python, "-m", "venv", "--without-pip", self.environment)
        listed = yaml.safe_load((self.course / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
        named = [line for line in listed if isinstance(line, str) and not line.startswith("python=")]
        self._install(*named)
        (by_pip,) = [part["pip"] for part in listed if isinstance(part, dict)]
        self._install(*(word for line in by_pip for word in line.split()))
        self._give_away()
        if (self.course / "postBuild").exists():
            (self.course / "postBuild").chmod(0o755)  # repo2docker does that, too
            self.run("./postBuild")
        self.is_built = True

    def _give_away(self) -> None:
        """Make Binder's user the owner of all that is here."""
        if is_root():
            subprocess.run(["chown", "-hR", f"{BINDERS_USER}:{BINDERS_USER}", self.folder], check=True)

    def _install(self, *words: str) -> None:
        """Install packages as this process's user, whose cache has most of them; copies, since they are given away."""
        uv = find_uv_bin()
        cache = subprocess.run([uv, "cache", "dir"], check=True, capture_output=True, text=True).stdout.strip()
        command = [uv, "pip", "install", "--python", self.environment / "bin" / "python", "--quiet", *words]
        variables = self.variables | {"UV_CACHE_DIR": cache, "UV_LINK_MODE": "copy"}
        subprocess.run(command, cwd=self.course, env=variables, check=True, timeout=1500)

    def _python(self) -> Path:
        """This Python, or a copy of it where its own folder is closed to Binder's user."""
        own = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        try:
            subprocess.run([own, "-c", ""], check=True, **self.user)
            return own
        except (OSError, subprocess.CalledProcessError):
            leave = shutil.ignore_patterns("site-packages", "test", "__pycache__", "share")
            shutil.copytree(sys.base_prefix, self.folder / "python", symlinks=True, ignore=leave)
            self.variables["LD_LIBRARY_PATH"] = str(self.folder / "python" / "lib")  # else the system's libpython
            return self.folder / "python" / own.relative_to(Path(sys.base_prefix).resolve())


class Server:
    """JupyterLab as Binder starts it: in the repository's folder, under an address that is not the host's root."""

    def __init__(self, rehearsal: Rehearsal):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        base = "/user/jovyan/"
        self.address = f"http://127.0.0.1:{port}{base}"
        options = {"ServerApp.base_url": base, "ServerApp.port_retries": 0, "IdentityProvider.token": TOKEN}
        self.process = subprocess.Popen(
            rehearsal.started(
                [rehearsal.environment / "bin" / "jupyter-lab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
                + [f"--{name}={value}" for name, value in options.items()]
            ),
            cwd=rehearsal.course,
            env=rehearsal.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(rehearsal.folder / "server.log").open("wb"),
            **rehearsal.user,
        )
        self.log = rehearsal.folder / "server.log"

    def wait(self, allowed: float = 300) -> None:
        """Returns when it answers; fails with its log when it ended, or after `allowed` seconds."""
        deadline = time.monotonic() + allowed
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(urllib.error.URLError):
                self.ask("api/status")
                return
            time.sleep(0.2)
        raise AssertionError("JupyterLab did not start:\n" + self.log.read_text(encoding="utf-8", errors="replace"))

    def ask(self, path: str, body: dict | None = None) -> urllib.request.http.client.HTTPResponse:
        """The answer to a request; one with a body is a POST. Errors: HTTPError with the status."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        return DIRECT.open(urllib.request.Request(self.address + path, data, headers), timeout=300)

    def stop(self) -> None:
        """Ends it, and its kernels with it."""
        self.process.terminate()
        try:
            self.process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def rehearsed():
    """A rehearsal that was built, and JupyterLab running in it."""
    # Not pytest's own folder, which is closed to any other user.
    folder = Path(tempfile.mkdtemp(prefix="binder-"))
    try:
        rehearsal = Rehearsal(folder)
        rehearsal.build()
        server = Server(rehearsal)
        try:
            server.wait()
            yield rehearsal, server
        finally:
            server.stop()
    finally:
        subprocess.run(["rm", "-rf", folder])  # 40,000 files, in a fifth of shutil's time


def is_root() -> bool:
    """Whether this process may act as another user."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
