"""Where submissions lie, for the report: also those that autograde cannot grade where they are."""

import os
from collections.abc import Iterator
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from grading.autograde.unseen import misplaced


def folder_of(course: CourseDirectory, step: str, student: str, assignment: str) -> Path:
    return Path(course.format_path(step, student, assignment))


def handed_in(course: CourseDirectory, assignment: str) -> Iterator[tuple[str, Path]]:
    """What lies in submitted/, by student; also a file in the place of a student's folder."""
    submitted, inside = _submitted(course, assignment)
    for path in submitted.glob("[!.]*"):
        if not path.is_dir():
            yield path.name, path
        elif os.path.lexists(folder := path / inside):
            yield path.name, folder


def in_the_wrong_place(course: CourseDirectory, assignment: str) -> set[str]:
    """Students whose work is in no folder of the assignment's name."""
    submitted, _ = _submitted(course, assignment)
    return set(misplaced(submitted, assignment)) if submitted.is_dir() else set()


def _submitted(course: CourseDirectory, assignment: str) -> tuple[Path, Path]:
    """The folder of all students, and the assignment's inside that of one."""
    parts = folder_of(course, course.submitted_directory, "*", assignment).parts
    place = parts.index("*")
    return Path(*parts[:place]), Path(*parts[place + 1 :])
