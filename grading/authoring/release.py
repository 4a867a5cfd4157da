"""Generate release/ from source/, or report what is out of date.

Run it in the course's root, or use `make release`. nbgrader's own GenerateAssignment does the work, in a temporary
course directory: your gradebook.db isn't touched. The same source gives the same bytes.

Students work in release/. nbgrader leaves in every answer cell the checksum of the stub it wrote; a cell
that no longer matches was edited by somebody, and one that neither source/ nor the last commit knows
was added. A notebook with either is overwritten only with --force.

Example: python -m grading release --check

Exit status: 0 when release/ matches source/, else 1.
"""

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum, is_solution

from grading.course import load_config

Files = dict[str, bytes]  # by path relative to the course's root, with slashes


class ReleaseError(ValueError):
    """Why no release can be made; the message says what to do."""


def generate(root: Path) -> Files:
    """What release/ should hold.

    Errors: ReleaseError if there is no notebook, or nbgrader refused one; ValueError if there is no configuration.
    """
    config = load_config(root, None)
    assignments = sorted({path.parent.name for path in (root / "source").glob("*/*.ipynb")})
    if not assignments:
        raise ReleaseError(f"{root / 'source'} contains no notebook. Labs belong in source/<phase>/<lab>.ipynb.")
    with tempfile.TemporaryDirectory() as scratch:
        config.CourseDirectory.root = scratch
        # Only this step needs a gradebook, and it leaves the notebook as it is.
        steps = [s for s in config.GenerateAssignment.preprocessors if not s.endswith(".SaveCells")]
        config.GenerateAssignment.update(no_database=True, preprocessors=steps)
        coursedir = CourseDirectory(config=config)
        skip = shutil.ignore_patterns(*coursedir.ignore)
        shutil.copytree(root / "source", f"{scratch}/source", ignore=skip)
        for coursedir.assignment_id in assignments:
            print(f"source/{coursedir.assignment_id}: a few seconds ...", flush=True)
            try:
                GenerateAssignment(coursedir=coursedir, config=config).start()
            except NbGraderException as error:
                raise ReleaseError(
                    f"nbgrader could not release source/{coursedir.assignment_id}, for the "
                    "reason above. Fix that notebook and try again."
                ) from error
        made = sorted(Path(scratch, "release").rglob("*"))
        return {path.relative_to(scratch).as_posix(): path.read_bytes() for path in made if path.is_file()}


def committed(root: Path) -> Files:
    """release/ in the last commit; empty where there is no git, no checkout or no commit."""
    listing = _git(root, "ls-tree", "-r", "-z", "--name-only", "HEAD", "release/")
    return {name: _git(root, "show", f"HEAD:./{name}") for name in listing.decode().split("\0") if name}


def on_disk(root: Path, names: set[str]) -> Files:
    """Those of the named files which exist."""
    return {name: (root / name).read_bytes() for name in names if (root / name).is_file()}


def out_of_step(made: Files, *versions: Files) -> list[str]:
    """The files which no version holds as they were made, or still holds though no longer made."""
    return sorted(
        name for name in set(made).union(*versions) if all(version.get(name) != made.get(name) for version in versions)
    )


def somebodys_work(notebook: bytes, known_ids: set[str]) -> list[str]:
    """Names of the answers and added cells in a released notebook; what can't be read may be one."""
    try:
        cells = nbformat.reads(notebook.decode(), as_version=4).cells
        found = [
            cell.metadata.nbgrader.grade_id
            for cell in cells
            if is_solution(cell) and cell.metadata.nbgrader.get("checksum") != compute_checksum(cell)
        ]
    except Exception:  # whatever is wrong with it, it isn't ours to overwrite
        return ["a file that can't be read as a notebook"]
    return found + ["an added cell" for c in cells if c.source.strip() and c.get("id") not in known_ids]


def write(root: Path, made: Files, names: list[str]) -> None:
    """Bring the named files to what was made; what is no longer made is removed."""
    for name in names:
        if name in made:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(made[name])
        else:
            (root / name).unlink()
        print(f"{name}: {'written' if name in made else 'removed, no longer in source/'}")


def run(args: argparse.Namespace) -> int:
    """Release the labs of the current directory. Returns the exit status."""
    root = Path.cwd()
    try:
        made = generate(root)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    before = committed(root)
    present = on_disk(root, {*made, *before})
    stale = out_of_step(made, present)
    if args.check:
        for name in stale:
            print(f"{name} does not match source/. Run `make release` and commit it.", file=sys.stderr)
        return 1 if stale else 0
    known = _cell_ids(made) | _cell_ids(before)
    notebooks = [name for name in stale if name in present and name.endswith(".ipynb")]
    work = {name: found for name in notebooks if (found := somebodys_work(present[name], known))}
    if work and not args.force:
        for name, found in work.items():
            print(
                f"{name} contains answers ({', '.join(found)}), so nothing was written. Copy it "
                "elsewhere, then run `python -m grading release --force`.",
                file=sys.stderr,
            )
        return 1
    write(root, made, stale)
    print(f"release/ matches source/: {len(made)} file(s), {len(stale)} of them changed.")
    return 0


def _cell_ids(files: Files) -> set[str]:
    ids = set()
    for text in files.values():
        with contextlib.suppress(Exception):  # not a notebook, or a broken one: it makes no cell known
            ids |= {cell.get("id") for cell in nbformat.reads(text.decode(), as_version=4).cells}
    return ids


def _git(root: Path, *arguments: str) -> bytes:
    try:
        return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return b""
