"""A copy of the tiny course in which nothing has been graded, both ways to grade it, and what they leave behind."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from tiny_course import ASSIGNMENT, REPOSITORY, Course
from traitlets.config import PyFileConfigLoader

from grading.__main__ import main

OF_SUBMISSIONS = ("grade", "comment", "submitted_notebook", "submitted_assignment", "student")


def fresh(course: Course, root: Path) -> Course:
    """`course` as it was before anybody handed in anything."""
    copy = Course(root)
    shutil.copytree(course.root / "release", root / "release")
    shutil.copy(course.root / "gradebook.db", root)
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as gradebook:
        for table in OF_SUBMISSIONS:
            gradebook.execute(f"DELETE FROM {table}")
        gradebook.commit()
    return copy


def hand_in(course: Course, student: str, files: dict, timestamp: str | None = None) -> None:
    """Hand in, or hand in again."""
    shutil.rmtree(course.root / "submitted" / student, ignore_errors=True)
    course.submit(student, files | ({"timestamp.txt": timestamp} if timestamp else {}))


def serial(course: Course, student: str = "*", force: bool = False) -> None:
    """What `nbgrader autograde` runs, in this process."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    config.CourseDirectory.root = str(course.root)
    directory = CourseDirectory(config=config, assignment_id=ASSIGNMENT, student_id=student)
    with contextlib.suppress(NbGraderException):
        Autograde(coursedir=directory, config=config, force=force).start()


def ours(course: Course, *arguments: str) -> int:
    """`python -m grading autograde` in this process; its exit status."""
    with contextlib.chdir(course.root):
        return main(["autograde", ASSIGNMENT, "--workers", "1", *arguments])


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "grading", "autograde", *arguments]


def start(course: Course, *arguments: str, **environment: str) -> subprocess.Popen:
    """`python -m grading autograde` in a process of its own."""
    return subprocess.Popen(
        command(ASSIGNMENT, *arguments),
        cwd=course.root,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(course: Course, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    process = start(course, *arguments, **environment)
    out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def gradebook_of(course: Course, db_url: str | None = None) -> dict:
    """All that a gradebook says of the submissions."""
    with Gradebook(db_url or f"sqlite:///{course.root}/gradebook.db") as gradebook:
        return {
            submission.student.id: {
                "timestamp": submission.timestamp,
                "penalties": {nb.name: nb.late_submission_penalty for nb in submission.notebooks},
                "grades": {
                    grade.name: (grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade)
                    for nb in submission.notebooks
                    for grade in nb.grades
                },
                "comments": {
                    comment.name: (comment.auto_comment, comment.manual_comment)
                    for nb in submission.notebooks
                    for comment in nb.comments
                },
            }
            for submission in gradebook.assignment_submissions(ASSIGNMENT)
        }


def autograded(course: Course) -> dict:
    """Every file in autograded/; notebooks without the ids of cells, of which nbformat makes up some."""
    return {
        path.relative_to(course.root / "autograded").as_posix(): _content(path)
        for path in sorted((course.root / "autograded").rglob("*"))
        if path.is_file()
    }


def _content(path: Path):
    mode = path.stat().st_mode & 0o777
    if path.suffix != ".ipynb":
        return mode, path.read_bytes()
    nb = json.loads(path.read_text())
    for cell in nb["cells"]:
        cell.pop("id", None)
    return mode, nb
