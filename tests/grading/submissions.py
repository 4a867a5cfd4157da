"""The class that tests/grading grades: one function per student, named after what is odd about them."""

from nbformat.v4 import new_code_cell
from register import ANSWERS, CLASS, WRONG, answered, by_name, student

CLASS["reference"] = lambda course: {f"{n}.ipynb": answered(course, n) for n in ("lab", "second")}
CLASS["untouched"] = lambda course: {"lab.ipynb": course.released()}
CLASS["not_json"] = lambda course: {"lab.ipynb": "{"}
CLASS["renamed"] = lambda course: {"lab (1).ipynb": answered(course)}


@student()
def empty(nb):
    nb.cells = []


# --- tests tampered with ---


@student(double=WRONG["double"])
def skip_tags(nb):
    for cell in nb.cells:
        cell.metadata.tags = ["skip-execution", "none", "ever"]


@student(double=WRONG["double"])
def deleted_locked_cells(nb):
    nb.cells = [cell for cell in nb.cells if cell.id in ANSWERS]


@student()
def deleted_exercise(nb):
    nb.cells = [cell for cell in nb.cells if cell.id not in ("double", "test_double")]


@student()
def answers_in_own_cells(nb):
    """All of the course's cells deleted; the answers are in cells the student made."""
    nb.cells = [new_code_cell(cell.source) for cell in nb.cells if cell.id in ANSWERS]


@student(**WRONG)
def rewritten_tests(nb):
    by_name(nb)["test_double"].source = "pass"
    text = by_name(nb)["test_ratio"]
    text.cell_type = "markdown"
    text.attachments = {}
    del text["outputs"], text["execution_count"]


@student(**WRONG)
def flipped_flags(nb):
    for name in ("test_double", "test_ratio"):
        by_name(nb)[name].metadata.nbgrader.update(grade=False, solution=True, locked=False, points=100)
        by_name(nb)[name].source = "pass"


# --- metadata nbgrader can't read ---


@student(ratio=WRONG["ratio"])
def duplicated_tests(nb):
    nb.cells += [cell.copy() for cell in nb.cells if cell.id.startswith("test_")]


@student()
def duplicated_answer(nb):
    """A wrong first attempt is still there, above the right one."""
    nb.cells.insert(2, new_code_cell(WRONG["double"], metadata=by_name(nb)["double"].metadata))


@student()
def from_elsewhere(nb):
    """Saved by some later nbgrader, with a kernel that isn't installed here."""
    nb.metadata.kernelspec = {"name": "not-installed", "display_name": "Mine", "language": "python"}
    for cell in by_name(nb).values():
        cell.metadata.nbgrader.schema_version = 99


@student()
def malformed_metadata(nb):
    cells = by_name(nb)
    cells["setup"].metadata.nbgrader = {}
    cells["double"].metadata.nbgrader = "solution"
    cells["test_double"].metadata.nbgrader.points = "many"
    cells["ratio"].metadata.nbgrader.grade_id = ["ratio"]
    cells["test_ratio"].metadata.nbgrader.schema_version = "three"


@student()
def missing_keys(nb):
    for cell in by_name(nb).values():
        cell.metadata.nbgrader = {"grade_id": cell.metadata.nbgrader.grade_id, "grade": True}


@student()
def made_up_test(nb):
    claim = {**by_name(nb)["test_double"].metadata.nbgrader, "grade_id": "bonus", "points": 50}
    nb.cells.append(new_code_cell("pass", metadata={"nbgrader": claim}))


# --- noise, and answers that end the run ---


@student(
    double="import logging, os, sys, warnings\n"
    "def double(x):\n"
    "    print('50%|#####', end='\\r', file=sys.stderr)\n"
    "    logging.warning('here')\n"
    "    os.write(2, b'from C')\n"
    "    warnings.warn('mind')\n"
    "    warnings.warn('old', DeprecationWarning)\n"
    "    return 2 * x",
    ratio="import numpy as np\ndef ratio(a, b):\n    np.ones(1) / np.zeros(1)\n    return a / b",
)
def noisy(nb):
    """Right, and loud: a progress bar, a log line, a C library, Python's warnings; in ratio numpy's."""


@student(double="import sys\ndef double(x):\n    sys.exit()")
def leaves(nb):
    """A test that is left in the middle hasn't passed, though it raised no assertion."""


@student(double="import os\ndef double(x):\n    os._exit(0)")
def kills_kernel(nb):
    pass
