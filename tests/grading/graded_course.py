"""The tiny course after grading, without the minutes that grading takes: its gradebook is written as it stands then."""

import functools
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import nbformat
from empty_gradebook import empty_gradebook
from feedback_pages import IPYTHON_TRACEBACK, failure
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning
from tiny_course import ASSIGNMENT, REPOSITORY, Course, source_notebooks

from grading.course import load_config


def open_gradebook(root: Path) -> Gradebook:
    config = load_config(root, None)  # which also makes nbgrader find the program that sets up a gradebook
    return Gradebook(f"sqlite:///{root}/gradebook.db", config.CourseDirectory.course_id)


@contextmanager
def without_warnings():
    """nbgrader's own way of adding a submission makes SQLAlchemy warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


@contextmanager
def gradebook_of(root: Path):
    with open_gradebook(root) as gradebook, without_warnings():
        yield gradebook


def make_course(root: Path) -> Course:
    """A course whose assignment is in the gradebook; nobody has handed anything in."""
    course = Course(root)
    (root / "gradebook.db").write_bytes(_new_gradebook())
    return course


@functools.cache
def _new_gradebook() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "gradebook.db").write_bytes(empty_gradebook())
        shutil.copy(REPOSITORY / "nbgrader_config.py", root)
        with gradebook_of(root) as gradebook:
            _add_assignment(gradebook)
        return (root / "gradebook.db").read_bytes()


def _add_assignment(gradebook: Gradebook) -> None:
    gradebook.add_assignment(ASSIGNMENT)
    for name, notebook in source_notebooks().items():
        gradebook.add_notebook(name, ASSIGNMENT)
        for cell in notebook.cells:
            claim = cell.metadata.get("nbgrader", {})
            if claim.get("grade"):
                gradebook.add_grade_cell(claim.grade_id, name, ASSIGNMENT, max_score=claim.points, cell_type="code")
            elif claim.get("solution"):
                gradebook.add_solution_cell(claim.grade_id, name, ASSIGNMENT)


def hand_in(gradebook: Gradebook, student: str, about: dict | None = None, **points: float | None) -> None:
    """Put a submission in the gradebook, with automatic points by cell; those not given are open."""
    gradebook.update_or_create_student(student, **(about or {}))
    submission = gradebook.add_submission(ASSIGNMENT, student)
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            grade.auto_score = points.get(grade.name)
            grade.needs_manual_grade = grade.auto_score is None
    gradebook.db.commit()


def write_graded(course: Course, student: str) -> None:
    """Write the student's autograded notebooks; the hidden test of the first has failed, as stock tells it."""
    folder = course.root / "autograded" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    for name, notebook in source_notebooks().items():
        for cell in notebook.cells:
            if cell.id == "test_double":
                cell.outputs = [failure("It fails.\nLikely cause: a cause.", IPYTHON_TRACEBACK)]
        nbformat.write(notebook, folder / f"{name}.ipynb")
