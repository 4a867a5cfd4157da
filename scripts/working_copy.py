"""The student's copy of the notebooks: release/PHASE is copied to work/PHASE, which git ignores."""

import hashlib
import json
import os
import shutil
from pathlib import Path

FOLDER = "work"
RECORD = ".copied-from-release.json"  # in work/: which version of a file each copy started from


def update(root: Path) -> list[str]:
    """Copy what work/ lacks from release/, and what has changed there and is untouched here.

    A file that the student has changed is never written.
    Returns: those of them whose original in release/ has changed since they were copied, as "PHASE/FILE".
    Raises: OSError if work/ cannot be written.
    """
    record = _read(root / FOLDER / RECORD)
    outdated, copied = [], False
    for original in _files(root / "release"):
        name = original.relative_to(root / "release").as_posix()
        version, copy = _version(original), root / FOLDER / name
        is_stale = record.get(name, version) != version
        if not os.path.lexists(copy) or (is_stale and copy.is_file() and _version(copy) == record[name]):
            _copy(original, copy)
            record[name], copied = version, True
        elif is_stale:
            outdated.append(name)
    if copied:
        _write(root / FOLDER / RECORD, record)
    return outdated


def edited_last(root: Path) -> str | None:
    """The copied notebook that the student has changed, and saved last, as "PHASE/FILE"; None if all are untouched."""
    record = _read(root / FOLDER / RECORD)
    notebooks = {name: root / FOLDER / name for name in record if name.endswith(".ipynb")}
    edited = [name for name, path in notebooks.items() if path.is_file() and _version(path) != record[name]]
    return max(edited, key=lambda name: (notebooks[name].stat().st_mtime, name), default=None)


def advice(outdated: list[str]) -> str:
    """What to tell the student about the files that `update` returned, in one line."""
    names = ", ".join(f"{FOLDER}/{name}" for name in outdated)
    return f"release/ has a newer version of {names}. Your copy is kept; for the new one, rename it and run `make lab`."


def _files(release: Path) -> list[Path]:
    paths = (path for path in sorted(release.glob("*/**/*")) if path.is_file())
    return [path for path in paths if not any(part.startswith(".") for part in path.relative_to(release).parts)]


def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _copy(original: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    part = copy.with_name(f".{copy.name}.part")  # an interrupted copy must not look like the student's file
    shutil.copyfile(original, part)
    part.replace(copy)


def _read(path: Path) -> dict[str, str]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write(path: Path, record: dict[str, str]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(path)
