"""The tiny course's answers, and the class register that submissions.py fills."""

ANSWERS = {
    "double": "def double(x):\n    return 2 * x",
    "ratio": "def ratio(a, b):\n    return math.fsum([a]) / b",
    "triple": "def triple(x):\n    return 3 * x",
}
WRONG = {"double": "def double(x):\n    return 0", "ratio": "def ratio(a, b):\n    return a * 0"}

# By student: a function which gets the course and returns the files handed in, by name.
CLASS = {}


def student(**answers: str):
    """Register a student, named like the function, which changes the answered lab.ipynb in place."""

    def register(change):
        def hand_in(course) -> dict:
            nb = answered(course, **answers)
            change(nb)
            return {"lab.ipynb": nb}

        CLASS[change.__name__] = hand_in
        return change

    return register


def answered(course, notebook: str = "lab", **answers: str):
    """The released notebook with the right answers, but for those given."""
    nb = course.released(notebook)
    for name, cell in by_name(nb).items():
        if cell.metadata.nbgrader.solution:
            cell.source = {**ANSWERS, **answers}[name]
    return nb


def by_name(nb) -> dict:
    """The cells nbgrader knows, by their grade_id."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if "nbgrader" in cell.metadata}
