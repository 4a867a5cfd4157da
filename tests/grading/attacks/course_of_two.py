"""A second small course: two notebooks, a written answer, tests that compare with what they passed earlier."""

from attack_register import Submission
from course_of_attacks import CourseOfAttacks
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from tiny_course import cell

POINTS = {"blend": 3, "count": 2, "order": 2}

# What the tests compare with comes from a locked cell, which is no test.
PRODUCTS = """
def products(numbers, factor):
    return [float(number) * factor for number in numbers]
"""
BLEND_TEST = """
made = blend(np.array([1.0, 2.0]), 2.0)
assert made.tolist() == [2.0, 4.0], "blend: twice as much was expected."
### BEGIN HIDDEN TESTS
kept = np.array([314159.0, 2.0, 3.0])
assert blend(kept, 3.0).tolist() == products(kept, 3.0)
for factor in (0.5, 2.0):
    assert blend(kept[1:].copy(), factor).tolist() == products(kept[1:], factor)
assert kept[0] == 314159.0, "blend changed its argument."
### END HIDDEN TESTS
"""
# The hidden line calls the answer itself: no instrument of the course holds back warnings or errors.
COUNT_TEST = """
assert count([1, 1, 2], 1) == 2
### BEGIN HIDDEN TESTS
assert count([173205, 5, 173205, 173205], 173205) == 3
table = [[8, 8], [9]]
assert [count(row, 8) for row in table] == [2, 0] and count(sum(table, []), 8) == 2
### END HIDDEN TESTS
"""
ORDER_TEST = """
assert order([3, 1, 2]) == [1, 2, 3]
### BEGIN HIDDEN TESTS
given = [223606, 4, 5]
assert order(given) == [4, 5, 223606] and given == [223606, 4, 5]
### END HIDDEN TESTS
"""
ANSWERS = {
    "blend": "def blend(array, factor):\n    return array * factor",
    "count": "def count(numbers, wanted):\n    return sum(number == wanted for number in numbers)",
    "order": "def order(numbers):\n    return sorted(numbers)",
}
TESTS = {"blend": BLEND_TEST, "count": COUNT_TEST, "order": ORDER_TEST}
NOTEBOOKS = {"first": ("blend", "count"), "second": ("order",)}


def _source(notebook: str) -> NotebookNode:
    cells = [cell(f"setup-{notebook}", "import numpy as np"), cell(f"products-{notebook}", PRODUCTS.strip())]
    for name in NOTEBOOKS[notebook]:
        signature, _, body = ANSWERS[name].partition("\n")
        solution = f"{signature}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
        cells += [cell(name, solution, answer=True), cell(f"test-{name}", TESTS[name].strip(), points=POINTS[name])]
    if notebook == "second":
        claim = {"schema_version": 3, "grade_id": "whiteboard", "grade": True, "solution": True, "task": False}
        claim |= {"locked": False, "points": 4}
        cells.append(new_markdown_cell("Your answer here.", id="whiteboard", metadata={"nbgrader": claim}))
    return new_notebook(cells=cells)


class CourseOfTwo(CourseOfAttacks):
    """Its points for the whiteboard answer, which a person gives, are none of POINTS."""

    sources = {name: lambda name=name: _source(name) for name in NOTEBOOKS}


class SubmissionOfTwo(Submission):
    """change: is called with both notebooks."""

    def files(self, course) -> dict:
        notebooks = [course.released(name) for name in NOTEBOOKS]
        for cell_ in (cell_ for nb in notebooks for cell_ in nb.cells):
            if cell_.id in self.solved:
                cell_.source = ANSWERS[cell_.id]
        more = self.change(*notebooks) or {}
        return {f"{name}.ipynb": nb for name, nb in zip(NOTEBOOKS, notebooks)} | more


SUBMISSIONS_OF_TWO: dict[str, SubmissionOfTwo] = {}


def of_two(kind: str, solved=tuple(POINTS), earns=tuple(POINTS), **more):
    """A decorator, like those of attack_register."""

    def decorate(change):
        points = {name: most * (name in earns) for name, most in POINTS.items()}
        SUBMISSIONS_OF_TWO[change.__name__] = SubmissionOfTwo(change, kind, solved, points, **more)
        return change

    return decorate
