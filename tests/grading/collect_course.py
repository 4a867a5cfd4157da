"""The tiny course as far as `python -m grading collect` needs it, and answers to hand in."""

import contextlib
import copy
import shutil
from pathlib import Path

from platform_zips import Zip, notebook_bytes
from tiny_course import ASSIGNMENT, REPOSITORY, source_notebooks

from grading.__main__ import main

STUB = "raise NotImplementedError()"


def released() -> dict:
    """The notebooks of release/, by name."""
    notebooks = source_notebooks()
    for notebook in notebooks.values():
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = f"{cell.source.partition(chr(10))[0]}\n    {STUB}"
    return notebooks


def answered(lab: str, answer: str = "return 2 * x") -> bytes:
    """A released notebook whose first answer is this one."""
    notebook = copy.deepcopy(released()[lab])
    cell = next(cell for cell in notebook.cells if STUB in cell.source)
    cell.source = cell.source.replace(STUB, answer)
    return notebook_bytes(notebook)


def untouched(lab: str) -> bytes:
    return notebook_bytes(released()[lab])


class CollectCourse:
    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copy(REPOSITORY / "nbgrader_config.py", root)
        for name, notebook in released().items():
            path = root / "release" / ASSIGNMENT / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(notebook_bytes(notebook))

    def collect(self, platform: str, download: Zip | Path | str, *arguments: str) -> int:
        """Run the command in Berlin's time. Returns its exit status."""
        if isinstance(download, Zip):
            download = download.write(self.root / "download.zip")
        with contextlib.chdir(self.root):
            zone = ["--timezone", "Europe/Berlin"]
            return main(["collect", ASSIGNMENT, str(download), "--from", platform, *zone, *arguments])

    def submitted(self) -> dict[str, bytes]:
        """The files in submitted/, by STUDENT/PATH."""
        folder = self.root / "submitted"
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {
            path.relative_to(folder).as_posix().replace(f"/{ASSIGNMENT}/", "/"): path.read_bytes() for path in files
        }
