"""A tiny course under the repository's own nbgrader_config.py, and nbgrader's command line in it."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from register import ANSWERS

from grading.course import load_config

REPOSITORY = Path(__file__).resolve().parents[2]
ASSIGNMENT = "phase-00"
HIDDEN_TEST = "### BEGIN HIDDEN TESTS\nassert double(0) == 0\n### END HIDDEN TESTS"


def cell(name: str, source: str, points: int | None = None, answer: bool = False):
    """A code cell with the metadata JupyterLab's "Create Assignment" panel would write."""
    claim = {
        "schema_version": 3,
        "grade_id": name,
        "grade": points is not None,
        "solution": answer,
        "task": False,
        "locked": not answer,
    }
    if points is not None:
        claim["points"] = points
    return new_code_cell(source, id=name, metadata={"nbgrader": claim})


def answer_cell(name: str):
    signature, _, body = ANSWERS[name].partition("\n")
    return cell(name, f"{signature}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION", answer=True)


def source_notebooks() -> dict[str, nbformat.NotebookNode]:
    """Two exercises of 2 and 3 points, and a second notebook with one of 1 point."""
    return {
        "lab": new_notebook(
            cells=[
                new_markdown_cell("# Lab", id="title"),
                cell("setup", "import math"),
                answer_cell("double"),
                cell("test_double", f"assert double(4) == 8\n{HIDDEN_TEST}", points=2),
                answer_cell("ratio"),
                cell("test_ratio", "assert ratio(1.0, 4.0) == 0.25", points=3),
            ]
        ),
        "second": new_notebook(
            cells=[
                answer_cell("triple"),
                cell("test_triple", "assert triple(2) == 6", points=1),
            ]
        ),
    }


class Course:
    """A course directory and the `nbgrader` command line run in it."""

    def __init__(self, root: Path) -> None:
        """Write it to a new or empty folder: source/ and nbgrader_config.py, nothing generated."""
        self.root = root
        root.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / "nbgrader_config.py", root)
        for name, nb in source_notebooks().items():
            path = root / "source" / ASSIGNMENT / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(nb, path)

    def directory(self) -> CourseDirectory:
        return CourseDirectory(config=load_config(self.root, None), assignment_id=ASSIGNMENT)

    def generate(self) -> None:
        """What `nbgrader generate_assignment` runs, in this process. Errors: NbGraderException."""
        with contextlib.chdir(self.root):
            GenerateAssignment(coursedir=self.directory(), config=load_config(self.root, None)).start()

    def copy(self, root: Path) -> "Course":
        """The course as it stands, in a new folder."""
        shutil.copytree(self.root, root)
        copy = type(self).__new__(type(self))  # its initialiser would write what is there
        copy.root = root
        return copy

    def nbgrader(self, *args: str) -> subprocess.CompletedProcess:
        """Run it as somebody does who hasn't activated the environment; stderr is in stdout."""
        folders = os.environ["PATH"].split(os.pathsep)
        path = os.pathsep.join(folder for folder in folders if folder != sysconfig.get_path("scripts"))
        return subprocess.run(
            [sys.executable, "-m", "nbgrader", *args],
            cwd=self.root,
            env={**os.environ, "PATH": path},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def released(self, name: str = "lab") -> nbformat.NotebookNode:
        return nbformat.read(self.root / "release" / ASSIGNMENT / f"{name}.ipynb", as_version=4)

    def submit(self, student: str, files: dict) -> None:
        folder = self.root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.root}/gradebook.db", "mini-vllm")

    def points(self) -> dict[str, dict[str, float | None]]:
        """For every graded student, what each test cell gave; None where nbgrader has not graded it."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            return {
                submission.student.id: {
                    grade.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades
                }
                for submission in gradebook.assignment_submissions(ASSIGNMENT)
            }
