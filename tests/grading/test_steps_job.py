"""What the judge is told of a notebook: which of its cells are the course's, and in which order."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from register import answered, by_name
from tiny_course import ASSIGNMENT, HIDDEN_TEST

from grading.gradebook import released
from grading.judge.job import Role
from grading.steps.cells import CellsFromGradebook
from grading.steps.execute import notebook_job

ORDER = ("setup", "double", "test_double", "ratio", "test_ratio")


@pytest.fixture(scope="module")
def original(course):
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "mini-vllm") as gradebook:
        return released(gradebook, ASSIGNMENT, "lab")


def sanitised(original, nb):
    where = {"nbgrader": {"notebook": "lab", "assignment": ASSIGNMENT, "db_url": "never opened"}}
    return CellsFromGradebook(released={"lab": original}).preprocess(nb, where)[0]


def test_the_gradebook_has_the_cells_in_their_order(original):
    assert tuple(original.cells) == ORDER
    assert original.kernelspec["name"] == "python3"


def test_locked_cells_come_in_the_order_of_the_course_wherever_the_student_put_them():
    """Helpers of the student's, defined before a locked cell that was moved, once took the place of the course's."""
    claims = {"helpers": True, "mine": False, "setup": True}
    cells = [
        new_code_cell(
            "", metadata={"nbgrader": {"grade_id": name, "locked": locked, "grade": False, "solution": False}}
        )
        for name, locked in claims.items()
    ]
    job = notebook_job(new_notebook(cells=cells), ["setup", "mine", "helpers", "of another notebook"], frozenset())
    assert [cell.name for cell in job.locked] == ["setup", "helpers"]
    assert [cell.name for cell in job.cells] == ["helpers", "mine", "setup"]


def test_cells_stay_where_the_student_put_them(course, original):
    nb = answered(course)
    nb.cells.append(nb.cells.pop(1))
    job = notebook_job(sanitised(original, nb), ORDER, frozenset())
    assert [cell.name for cell in job.cells] == ["double", "test_double", "ratio", "test_ratio", "setup"]
    assert [cell.name for cell in job.locked] == ["setup"]


@pytest.mark.parametrize("saved", ["a = 1\r\nb = 2", "a = 1  \nb = 2\n"])
def test_a_demonstration_that_an_editor_has_saved_in_its_own_way_is_still_one(saved):
    """With line ends of Windows every plot and slider ran as the student's own cell, and could time out."""
    job = notebook_job(new_notebook(cells=[new_code_cell(saved)]), [], frozenset({"a = 1\nb = 2"}))
    assert [cell.role for cell in job.cells] == [Role.DEMONSTRATION]


def test_the_code_and_the_role_of_a_cell_are_the_courses(course, original):
    nb = answered(course)
    cells = by_name(nb)
    cells["setup"].source = "math = None"
    cells["test_double"].source = "pass"
    cells["test_double"].metadata.nbgrader.update(grade=False, solution=True, locked=False, points=99)
    nb.cells.insert(0, new_code_cell("shown = 1", id="shown"))
    nb.cells.insert(0, new_code_cell("mine = 1", id="mine"))
    job = notebook_job(sanitised(original, nb), ORDER, frozenset({"shown = 1"}))
    roles = {cell.name: cell.role for cell in job.cells}
    assert roles == {
        "mine": Role.STUDENT,
        "shown": Role.DEMONSTRATION,
        "setup": Role.LOCKED,
        "double": Role.STUDENT,
        "test_double": Role.TEST,
        "ratio": Role.STUDENT,
        "test_ratio": Role.TEST,
    }
    sources = {cell.name: cell.source for cell in job.cells}
    assert sources["setup"] == "import math" and HIDDEN_TEST in sources["test_double"]


@pytest.mark.parametrize("are_deleted", [True, False])
def test_one_students_cells_do_not_become_the_next_ones(course, original, are_deleted):
    """What was released is read once for a class; whoever changed it for one would change it for all."""
    nb = answered(course)
    if are_deleted:
        nb.cells = [cell for cell in nb.cells if "nbgrader" not in cell.metadata]
    test = by_name(sanitised(original, nb))["test_ratio"]
    test.outputs.append({"output_type": "stream", "name": "stdout", "text": "secret"})
    test.metadata.nbgrader.points = 99
    test.source = "pass"
    again = by_name(sanitised(original, answered(course)))["test_ratio"]
    assert (again.outputs, again.metadata.nbgrader.points) == ([], 3) and "assert" in again.source


def test_a_character_that_cannot_be_written_is_replaced(course, original):
    nb = answered(course, double="def double(x):\n    return '\udc80'")
    job = notebook_job(sanitised(original, nb), ORDER, frozenset())
    assert [cell.source for cell in job.cells if cell.name == "double"] == ["def double(x):\n    return '?'"]


def test_warnings_of_a_notebook_of_many_cells_are_few(course, original, caplog):
    nb = answered(course)
    for number in range(3000):
        nb.cells.append(new_code_cell("", id=str(number), metadata={"nbgrader": {"grade_id": f"made-up-{number}"}}))
    sanitised(original, nb)
    assert len(caplog.messages) <= 21


@pytest.mark.parametrize(
    "above, below, roles",
    [
        ("", "\n\ndef ratio(a, b):\n    return a / b", [Role.TEST, Role.STUDENT]),
        ("x = 1\n\n", "", [Role.STUDENT, Role.TEST]),
        ("\n", "\n\n", [Role.TEST]),
    ],
)
def test_an_answer_that_was_merged_with_a_test_is_kept_as_the_students_cell(
    course, original, caplog, above, below, roles
):
    """It was dropped without a word, and the exercise got 0 points."""
    nb = answered(course)
    cells = by_name(nb)
    cells["test_double"].source = above + cells["test_double"].source + below
    nb.cells.remove(cells["ratio"])
    job = notebook_job(sanitised(original, nb), ORDER, frozenset())
    found = [cell for cell in job.cells if cell.name.startswith("test_double")]
    assert [cell.role for cell in found] == roles
    assert HIDDEN_TEST in found[roles.index(Role.TEST)].source
    own = [cell.source for cell in found if cell.role is Role.STUDENT]
    assert own == [text for text in (above.strip(), below.strip()) if text]
    assert ("also held code of the student's" in caplog.text) == bool(own)
