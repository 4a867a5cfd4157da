"""A course to type commands in: a copy of this one with lab 01 only, and an environment of its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

from course_files import course_files
from doc_pages import ROOT
from forked_python import ForkedPython

LABS, KEPT = "lab-*.ipynb", "lab-01-*.ipynb"  # one lab shows it all
SECONDS = 300  # a command's patience, on a busy machine
PERSON = {f"GIT_{who}_{what}": "t@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Course:
    """root: the copy, a git repository of one commit. beside: an empty folder for what is not the course's."""

    def __init__(self, folder: Path) -> None:
        self.root, self.beside = folder / "course", folder / "beside"
        self.beside.mkdir(parents=True)
        _copy(self.root)
        _make_environment(self.root)
        self.python = ForkedPython(self.root / ".venv", self.beside / "python.socket") if os.name != "nt" else None
        # A hub's machine has an exchange, where nbgrader looks for it.
        (self.beside / "exchange").mkdir()
        (self.beside / "exchange").chmod(0o777)
        self.configure(f"c.Exchange.root = {str(self.beside / 'exchange')!r}\n")
        for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
            subprocess.run(["git", *arguments], cwd=self.root, env=self._environment(), check=True)

    def configure(self, lines: str) -> None:
        """Put lines into nbgrader_config.py."""
        with (self.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write("\n" + lines)

    def type(self, command: str) -> tuple[int, str]:
        """Run it in bash in the course's root. Returns the exit status, and all that it said."""
        if self.python and re.search("nbgrader|-m grading", command):
            self.python.start(**self._environment())
        process = self._start(command)
        try:
            said, _ = process.communicate(timeout=SECONDS)
        finally:
            _end(process)
        return process.returncode, said

    def serve(self, command: str) -> tuple[int, str]:
        """Start a server, open the address that it prints, and stop it with Ctrl-C. Returns as `type` does."""
        process, said = self._start(f"{command} PORT={_free_port()} OPEN=no"), []
        try:
            for line in process.stdout:
                said.append(line)
                if found := re.search(r"http://\S+", line):
                    with urllib.request.urlopen(found.group(), timeout=SECONDS) as page:
                        said.append(f"It answers {page.status}.\n")
                    os.killpg(process.pid, signal.SIGINT)
                    break
            rest, _ = process.communicate(timeout=SECONDS)
        finally:
            _end(process)
        return process.returncode, "".join([*said, rest])

    def _start(self, command: str) -> subprocess.Popen:
        return subprocess.Popen(
            ["bash", "-c", command],
            cwd=self.root,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        mine = ("LAB_IMPL", "PYTEST_ADDOPTS", "VIRTUAL_ENV", "CI")
        return {key: value for key, value in os.environ.items() if key not in mine} | {
            **PERSON,
            "PYTHON": sys.executable,  # what make takes for the system's
            "PYTHONPATH": str(self.root),  # as if the copy were installed
            "JUPYTER_DATA_DIR": str(self.beside / "jupyter"),
            "PIP_DRY_RUN": "1",  # its packages are those of the tests, and stay as they are
            "PIP_NO_INDEX": "1",
        }


def _copy(root: Path) -> None:
    for name in course_files():
        if Path(name).match(KEPT) or not Path(name).match(LABS):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)


def _make_environment(root: Path) -> None:
    """A .venv of the copy's own whose packages are this one's: `make` would make a mere link to this one anew.

    It has the stamp that scripts/install.py leaves, so that make finds nothing to install.
    """
    made, here = root / ".venv", Path(sys.prefix)
    venv.create(made, with_pip=False, symlinks=True)
    for package_folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        link = made / Path(package_folder).relative_to(here)
        shutil.rmtree(link)
        link.symlink_to(package_folder, target_is_directory=True)
    for name in ("share", "etc"):
        if (here / name).is_dir():
            (made / name).symlink_to(here / name, target_is_directory=True)
    for script in Path(sysconfig.get_path("scripts")).iterdir():
        target = made / "bin" / script.name
        if script.is_file() and not target.exists() and script.read_bytes()[:2] == b"#!":
            target.write_text(re.sub(r"\A#!.*", f"#!{made}/bin/python", script.read_text(encoding="utf-8"), count=1))
            target.chmod(0o755)
    stamp = "import sys; sys.path.insert(0, 'scripts'); import install; print(*install.wanted(), sep='\\n')"
    lines = subprocess.run([sys.executable, "-c", stamp], cwd=root, capture_output=True, text=True, check=True).stdout
    (made / "installed-for.txt").write_text(f"{lines}extras grading test\n", encoding="utf-8")


def _end(process: subprocess.Popen) -> None:
    """Leave nothing of it behind, whatever has happened."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]
