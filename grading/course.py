"""The course's configuration, as every command of `python -m grading` reads it."""

import re
from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader


def load_config(root: Path, db_url: str | None) -> Config:
    """The course's configuration. Errors: ValueError if there is none here."""
    if not (root / "nbgrader_config.py").is_file():
        raise ValueError(f"{root} contains no nbgrader_config.py. Next step: change to the course's root directory.")
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    if db_url:
        # SQLAlchemy's default driver depends on its version; psycopg serves with all of them.
        config.CourseDirectory.db_url = re.sub("^postgres(ql)?://", "postgresql+psycopg://", db_url)
    return config
