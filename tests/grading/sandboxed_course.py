"""Courses in all the places that an environment may leave them, and what a student's code sees there."""

import json
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from graders import Grader
from look_around import MARK

ROOT = Path(__file__).resolve().parents[2]
COURSE_FILES = ("nbgrader_config.py", f"{MARK}.db", f"{MARK}-source/lab.ipynb", f"{MARK}-submitted/ada/lab.ipynb")
ASK = """
from grading.sandbox import Limits, find_sandbox
process = find_sandbox().start(Limits())
print(process._process.stdout.readline().decode() or process.why_ended)
process.kill()
"""
LAYOUTS = {
    # name: (the course, the environment), below a folder; "": the environment of the tests
    "environment elsewhere": ("course", ""),
    "environment beside the course": ("course", "env"),
    "environment in the course": ("course", "course/.venv"),
    "environment is the course": ("course", "course"),
    "course in the environment": ("env/course", "env"),
    "course among the libraries": ("env/lib/course", "env"),
}


@dataclass
class SandboxedCourse:
    """A course of four files, and an environment.

    is_installed: whether `grading` lies in the environment, or in the course. uid: who grades; see Grader.
    """

    folder: Path
    layout: str
    is_installed: bool = False
    uid: int | None = None

    def __post_init__(self) -> None:
        course, environment = LAYOUTS[self.layout]
        self.root, python = self.folder / course, sys.executable
        self._packages = self.root
        if environment:
            python = self._make_environment(self.folder / environment)
        self.grader = Grader(python, self.uid)
        for name in COURSE_FILES:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text("")
        self._install(self._packages if self.is_installed else self.root)
        (self.root / "ask.py").write_text(ASK)
        self.grader.own(self.folder)

    def seen(self) -> dict:
        """What code in the sandbox sees. Errors: AssertionError, with what was said, if it does not start."""
        run = self.grader.run(self.root, "ask", seconds=60)
        assert run.returncode == 0 and run.stdout.startswith("{"), run.stdout
        return json.loads(run.stdout)

    def _make_environment(self, folder: Path) -> str:
        """As `python -m venv` makes it. What the side outside imports is found where it is; inside nothing needs it."""
        python, libraries = folder / "bin" / "python", Path(sysconfig.get_path("purelib"))
        self._packages = folder / libraries.relative_to(sys.prefix)
        self._packages.mkdir(parents=True)
        (self._packages / "others.pth").write_text(str(libraries))
        python.parent.mkdir()
        python.symlink_to(Path(sys.executable).resolve())
        (folder / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n")
        return str(python)

    def _install(self, place: Path) -> None:
        for name in ("grading/__init__.py", "grading/sandbox", "grading/wire", "grading/student_process"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, place / name)
        (place / "grading" / "sandbox" / f"{MARK}.py").touch()
        server = place / "grading" / "student_process" / "start.py"
        real = "main(json.loads(sys.argv[1]))"
        assert real in server.read_text()
        looks = "take_limits(json.loads(sys.argv[1])), see()"
        around = Path(__file__).with_name("look_around.py").read_text()
        server.write_text(around + server.read_text().replace(real, looks))
