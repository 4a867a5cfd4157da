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
def answer_in_own_cell(nb):
    """All of the course's cells deleted; one answer is in a cell of the student's, which needs the setup."""
    nb.cells = [new_code_cell("math.pi\n" + ANSWERS["ratio"])]


@student(**WRONG)
def rewritten_tests(nb):
    flipped = by_name(nb)["test_double"]
    flipped.source = "pass"
    flipped.metadata.nbgrader.update(grade=False, solution=True, locked=False, points=100)
    text = by_name(nb)["test_ratio"]
    text.cell_type = "markdown"
    text.attachments = {}
    del text["outputs"], text["execution_count"]


# --- metadata nbgrader can't read ---


@student(ratio=WRONG["ratio"])
def duplicated_tests(nb):
    """The copies are at the top, where no answer is defined yet."""
    nb.cells[:0] = [cell.copy() for cell in nb.cells if cell.id.startswith("test_")]


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
def added_cells(nb):
    """A first, wrong attempt above the right answer, and a test of the student's own worth 50 points."""
    bonus = {**by_name(nb)["test_double"].metadata.nbgrader, "grade_id": "bonus", "points": 50}
    nb.cells.append(new_code_cell("pass", metadata={"nbgrader": bonus}))
    nb.cells.insert(2, new_code_cell(WRONG["double"], metadata=by_name(nb)["double"].metadata))


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
