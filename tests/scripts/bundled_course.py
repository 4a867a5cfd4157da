"""A copy of the course, and the command that makes students' files of it."""

import contextlib
import functools
import hashlib
import importlib
import io
import shutil
import sys
from pathlib import Path
from unittest import mock

from binder_rehearsal import REPOSITORY
from course_files import course_files

from grading.authoring import release

_generated: dict[str, release.Files] = {}


def copy_of_course(folder: Path) -> Path:
    """Copies what a clone of the course would have into `folder`, with files of no mode of their own."""
    for name in course_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, folder / name)
    return folder


def bundle(course: Path, *words: str, status: int = 0) -> str:
    """What `python scripts/bundle.py WORDS` prints in that course, on both its outputs; it must end with `status`.

    It runs in this process: nbgrader, which it imports, takes seconds to start. The same source is released once.
    """
    path, said = sys.path[:], io.StringIO()
    sys.path.insert(0, str(REPOSITORY / "scripts"))
    once = mock.patch.object(release, "generate", functools.partial(_generate_once, release.generate))
    try:
        with once, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            ended = importlib.import_module("bundle").main(list(words), course)
    except SystemExit as usage:
        ended = usage.code
    finally:
        sys.path[:] = path
    assert ended == status, said.getvalue()
    return said.getvalue()


def _generate_once(generate, root: Path) -> release.Files:
    digest = hashlib.sha256()
    for path in sorted([root / "nbgrader_config.py", *(root / "source").rglob("*")]):
        digest.update(str(path.relative_to(root)).encode() + (path.read_bytes() if path.is_file() else b""))
    key = digest.hexdigest()
    if key not in _generated:
        _generated[key] = generate(root)
    return dict(_generated[key])
