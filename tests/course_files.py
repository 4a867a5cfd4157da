"""The files that a copy of the course is made of, for the tests that work in one."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def course_files() -> list[str]:
    """The files that a clone would have, with those that wait for their first commit; all where there is no git."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(listing, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        left_out = {".venv", ".git", "demo", "submitted", "feedback", "dist"}
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if not left_out & set(p.relative_to(ROOT).parts)]
    return [name for name in names if name and (ROOT / name).is_file()]
