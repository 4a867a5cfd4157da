"""A file that is written whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A path to write to; it takes the place of `target` at the end, and is gone if the writing fails.

    Errors: ValueError if `target` is a folder, or is in none.
    """
    if target.is_dir():
        raise ValueError(f"{target} is a folder. Next step: give the name of a file.")
    if not target.parent.is_dir():
        raise ValueError(f"There is no folder {target.parent} for {target.name}. Next step: create it.")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        yield unfinished
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
