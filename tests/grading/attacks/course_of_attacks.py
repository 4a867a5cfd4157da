"""The small course that hostile and odd submissions are handed in to: what the labs do, in six short exercises."""

# ruff: noqa: E501 (programs in strings)

import functools
import json
import shutil
import tempfile
import threading
from pathlib import Path

import nbformat
from empty_gradebook import empty_gradebook
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from tiny_course import ASSIGNMENT, Course, cell

POINTS = {"total": 2, "softmax": 3, "scale": 2, "run": 3, "draw": 2, "root": 2}

SETUP = """
import math
import operator
import sys
import warnings

import numpy as np

from labkit import Exercise, check, kinds, start

start("90", needs="1.0")
""".strip()

# What the tests use. The first one is written with labkit, the others without: a course may have either.
INSTRUMENTS = '''
PROVIDED = {"mini_vllm.config"}


class Machine:
    """Makes the next number of each one, and counts."""

    def __init__(self, step=7):
        self.step_size, self.calls, self.seen = step, 0, []

    def step(self, number):
        self.calls += 1
        self.seen.append(number)
        return (number * self.step_size) % 11


def answer_of(call, function, *args):
    borrowed = []

    def watch(frame, event, _):
        name, caller = (f.f_globals.get("__name__", "") if f else "" for f in (frame, frame.f_back))
        if event == "call" and name.startswith("mini_vllm") and not caller.startswith("mini_vllm") and name not in PROVIDED:
            borrowed.append(f"{name}.{frame.f_code.co_name}")

    profiler = sys.getprofile()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sys.setprofile(watch)
            answer = function(*args)
    except NotImplementedError:
        raise AssertionError(f"{function.__name__} is not written yet.") from None
    except (Exception, SystemExit) as error:
        raise AssertionError(f"{call} raised {type(error).__name__}: {error}") from error
    finally:
        sys.setprofile(profiler)
    assert not borrowed, f"{call} called {borrowed[0]}: that is the engine's code."
    return answer


TOTAL = Exercise(
    read=kinds.whole_number,
    provided=PROVIDED,
    otherwise=("a number is left out, or counted twice", "add three numbers by hand"),
)
'''.strip()

SIGNATURES = {
    "total": ("def total(numbers):", "return sum(numbers)"),
    "softmax": ("def softmax(scores):", "e = np.exp(scores - np.max(scores))\n    return e / e.sum()"),
    "scale": ("def scale(array, factor):", "array *= factor"),
    "run": ("def run(model, numbers):", "return [model.step(number) for number in numbers]"),
    "draw": ("def draw(rng, count):", "return rng.integers(0, 100, size=count)"),
    "root": (
        "def root(x):",
        'if x < 0:\n        raise ValueError("no root of a negative number")\n    return math.sqrt(x)',
    ),
}

TESTS = {
    "total": """
totals = check(total, TOTAL)
totals([1, 2, 3]).should_be(6)
totals([]).should_be(0)
### BEGIN HIDDEN TESTS
with totals.hidden("other numbers"):
    for secret_numbers in [[104729, 1299709], [31337]]:
        totals(list(secret_numbers)).should_be(sum(secret_numbers))
### END HIDDEN TESTS
totals.passed("total adds up.")
""",
    "softmax": """
probabilities = answer_of("softmax", softmax, np.array([1.0, 2.0, 3.0]))
assert isinstance(probabilities, np.ndarray) and probabilities.shape == (3,), "softmax: an array of 3 was expected."
np.testing.assert_allclose(probabilities, [0.09003057, 0.24472847, 0.66524096], rtol=1e-6)
### BEGIN HIDDEN TESTS
secret_scores = np.array([0.0, 1000.0, 271828.0])
np.testing.assert_allclose(answer_of("softmax", softmax, secret_scores), [0.0, 0.0, 1.0], atol=1e-9)
assert np.array_equal(secret_scores, [0.0, 1000.0, 271828.0]), "softmax changed its argument."
### END HIDDEN TESTS
""",
    "scale": """
given = np.arange(4.0)
assert answer_of("scale", scale, given, 2.0) is None, "scale returns nothing."
assert given.tolist() == [0.0, 2.0, 4.0, 6.0], "scale has to change the array itself."
### BEGIN HIDDEN TESTS
whole = np.ones((3, 2))
answer_of("scale", scale, whole[1], 161803.0)
assert whole.tolist() == [[1.0, 1.0], [161803.0, 161803.0], [1.0, 1.0]], "scale changed more, or less, than its array."
### END HIDDEN TESTS
""",
    "run": """
machine = Machine()
assert answer_of("run", run, machine, [1, 2, 3]) == [7, 3, 10], "run returned other numbers."
assert machine.calls == 3 and machine.seen == [1, 2, 3], f"run called step {machine.calls} times."
### BEGIN HIDDEN TESTS
machine = Machine(5)
assert answer_of("run", run, machine, [4, 4, 9, 1]) == [9, 9, 1, 5] and machine.calls == 4, "run: other numbers."
assert machine.seen == [4, 4, 9, 1], "run: another order."
### END HIDDEN TESTS
""",
    "draw": """
generator = np.random.default_rng(1)
drawn = answer_of("draw", draw, generator, 5)
assert np.array_equal(drawn, np.random.default_rng(1).integers(0, 100, size=5)), "draw: other numbers were expected."
### BEGIN HIDDEN TESTS
generator, other = np.random.default_rng(577215), np.random.default_rng(577215)
for count in (3, 4):
    assert np.array_equal(answer_of("draw", draw, generator, count), other.integers(0, 100, size=count)), "draw: others."
assert generator.bit_generator.state == other.bit_generator.state, "draw did not draw from the generator it was given."
### END HIDDEN TESTS
""",
    "root": """
assert abs(answer_of("root", root, 9.0) - 3.0) < 1e-9, "root(9) is 3."
try:
    root(-1.0)
except ValueError:
    pass
else:
    raise AssertionError("root(-1) should raise ValueError.")
### BEGIN HIDDEN TESTS
assert abs(answer_of("root", root, 141421.0) - 141421.0**0.5) < 1e-9, "root is wrong for another number."
### END HIDDEN TESTS
""",
}
ANSWERS = {name: f"{signature}\n    {body}" for name, (signature, body) in SIGNATURES.items()}
DEMONSTRATION = "EXAMPLE = [1, 2, 3]\nshown_total = sum(EXAMPLE)\nprint(shown_total)"


def source_notebook() -> nbformat.NotebookNode:
    cells = [
        new_markdown_cell("# Lab", id="title"),
        cell("setup", SETUP),
        cell("instruments", INSTRUMENTS),
        new_code_cell(DEMONSTRATION, id="example"),
    ]
    for name, (signature, body) in SIGNATURES.items():
        solution = f"{signature}\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"
        cells += [cell(name, solution, answer=True), cell(f"test-{name}", TESTS[name].strip(), points=POINTS[name])]
    return new_notebook(cells=cells)


class CourseOfAttacks(Course):
    """The course in a new or empty folder. config: replaces the repository's nbgrader_config.py; more: added to it."""

    sources = {"lab": source_notebook}

    def __init__(self, root: Path, config: str | None = None, more: str = "") -> None:
        self.root = root
        with _one_at_a_time:
            shutil.copytree(_generated(type(self), config), root, dirs_exist_ok=True)
        path = root / "nbgrader_config.py"
        path.write_text(path.read_text() + more)

    def hand_in(self, student: str, submission) -> None:
        """Write what this student hands in to submitted/."""
        folder = self.root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        for name, content in submission.files(self).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if callable(content):
                content(path)
            elif isinstance(content, bytes):
                path.write_bytes(content)
            elif isinstance(content, str):
                path.write_text(content)
            else:
                path.write_text(json.dumps(content))

    def earned(self) -> dict[str, dict[str, float | None]]:
        """For every student, the points of each exercise, by the gradebook's own sum; None: not graded."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            return {
                submission.student.id: {
                    grade.name.removeprefix("test-"): None if grade.auto_score is None else grade.score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in gradebook.assignment_submissions(ASSIGNMENT)
            }


_one_at_a_time = threading.Lock()
_folders: list[tempfile.TemporaryDirectory] = []  # gone when the process ends


@functools.cache
def _generated(kind: type[CourseOfAttacks], config: str | None) -> Path:
    """A folder with a generated course, to copy: generating it takes longer than grading some submissions."""
    _folders.append(tempfile.TemporaryDirectory(prefix="course-of-attacks-"))
    course = Course(Path(_folders[-1].name, "course"))
    for old in (course.root / "source" / ASSIGNMENT).glob("*.ipynb"):
        old.unlink()
    for name, source in kind.sources.items():
        nbformat.write(source(), course.root / "source" / ASSIGNMENT / f"{name}.ipynb")
    if config is None:
        (course.root / "gradebook.db").write_bytes(empty_gradebook())
        course.generate()
    else:
        (course.root / "nbgrader_config.py").write_text(config)
        run = course.nbgrader("generate_assignment", ASSIGNMENT)
        assert run.returncode == 0, run.stdout
    return course.root
