"""A gradebook with nothing on record, made once: nbgrader starts a program for each new one, which takes seconds."""

import functools
import tempfile

from nbgrader.api import Gradebook
from tiny_course import REPOSITORY

from grading.course import load_config


@functools.cache
def empty_gradebook() -> bytes:
    """The content of a new gradebook.db of this course."""
    config = load_config(REPOSITORY, None)  # which also makes nbgrader find that program
    with tempfile.TemporaryDirectory() as folder:
        with Gradebook(f"sqlite:///{folder}/gradebook.db", config.CourseDirectory.course_id):
            pass
        with open(f"{folder}/gradebook.db", "rb") as file:
            return file.read()
