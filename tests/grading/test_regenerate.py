"""`nbgrader generate_assignment`: in a fresh clone, and while submissions are on record."""

import nbformat
import pytest
from autograde_course import fresh, ours
from nbgrader.converters.base import NbGraderException
from register import answered
from tiny_course import ASSIGNMENT, Course, cell

from grading.gradebook import released


@pytest.fixture(scope="module")
def graded(course, known, tmp_path_factory):
    own = fresh(course, tmp_path_factory.mktemp("graded") / "course")
    own.submit("ada", {"lab.ipynb": answered(own)})
    assert ours(own) == 0
    return own


@pytest.fixture
def graded_course(graded, tmp_path):
    return graded.copy(tmp_path / "course")


def change(course, name: str, points: int | None = None) -> None:
    """Add a test cell to lab, or give the first test other points."""
    path = course.root / "source" / ASSIGNMENT / "lab.ipynb"
    notebook = nbformat.read(path, as_version=4)
    if points is None:
        notebook.cells.append(cell(name, "assert double(1) == 2", points=1))
    else:
        next(c for c in notebook.cells if c.get("id") == name).metadata.nbgrader.points = points
    nbformat.write(notebook, path)


def test_in_a_fresh_clone_the_gradebook_is_made_though_release_is_there(tmp_path):
    course = Course(tmp_path / "course")
    (course.root / "release" / ASSIGNMENT).mkdir(parents=True)
    run = course.nbgrader("generate_assignment", ASSIGNMENT)
    assert run.returncode == 0, run.stdout
    assert "raise NotImplementedError()" in (course.root / "release" / ASSIGNMENT / "lab.ipynb").read_text()
    with course.gradebook() as gradebook:
        assert list(released(gradebook, ASSIGNMENT, "lab").cells)[1:3] == ["double", "test_double"]


def test_a_new_cell_is_refused_and_release_stays(graded_course):
    before = {path.name: path.read_bytes() for path in (graded_course.root / "release" / ASSIGNMENT).iterdir()}
    change(graded_course, "test_more")
    run = graded_course.nbgrader("generate_assignment", ASSIGNMENT)
    assert run.returncode != 0 and "Traceback" not in run.stdout
    assert "on record (1)" in run.stdout and "new: lab: test_more" in run.stdout
    after = {path.name: path.read_bytes() for path in (graded_course.root / "release" / ASSIGNMENT).iterdir()}
    assert after == before


def test_a_new_notebook_is_refused_and_release_stays(graded_course):
    source = graded_course.root / "source" / ASSIGNMENT
    (source / "third.ipynb").write_bytes((source / "second.ipynb").read_bytes())
    with pytest.raises(NbGraderException, match="new: third: test_triple, third: triple."):
        graded_course.generate()
    assert (graded_course.root / "release" / ASSIGNMENT / "lab.ipynb").exists()


def test_other_points_are_let_through(graded_course):
    change(graded_course, "test_double", points=4)
    graded_course.generate()
    with graded_course.gradebook() as gradebook:
        assert gradebook.find_assignment(ASSIGNMENT).max_score == 8
