"""A copy of the course, and the command that makes students' files of it."""

import shutil
import subprocess
import sys
from pathlib import Path

from binder_rehearsal import REPOSITORY
from course_files import course_files


def copy_of_course(folder: Path) -> Path:
    """Copies what a clone of the course would have into `folder`, with files of no mode of their own."""
    for name in course_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, folder / name)
    return folder


def bundle(course: Path, *words: str, status: int = 0) -> str:
    """What the command prints, on both its outputs; it must end with `status`."""
    command = [sys.executable, course / "setup" / "bundle.py", *words]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert ran.returncode == status and "Traceback" not in ran.stderr, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr
