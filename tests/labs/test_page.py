"""What a student scrolls past: the limits of a lab's page, as it is in release/."""

import ast
import inspect
import re
from pathlib import Path

import nbformat
import pytest
from lab_cells import LABS, ROOT, Lab, released
from nbgrader.utils import is_grade, is_locked, is_solution

import labkit
from grading.steps.cells import unfolded

EACH_LAB = pytest.mark.parametrize("lab", LABS, ids=[lab.name for lab in LABS])
LABKIT = sorted(Path(inspect.getfile(labkit)).parent.rglob("*.py"))
MARKS = ("### BEGIN SOLUTION", "### END SOLUTION"), ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
TEACH_BY_THEIR_CODE = {"worked-example", "break-it"}


def cells_of(lab: Lab) -> list:
    return nbformat.read(lab.path, as_version=4).cells


def code_cells(lab: Lab) -> list:
    return [cell for cell in cells_of(lab) if cell.cell_type == "code"]


def lines(source: str) -> list[str]:
    return source.splitlines()


def between(source: str, begin: str, end: str) -> list[str]:
    """The lines between two marks, the marks not counted."""
    return [line for part in re.findall(rf"(?ms){begin}\n(.*?)^ *{end}", source) for line in lines(part)]


@EACH_LAB
def test_a_test_cell_is_a_short_specification(lab: Lab):
    for name, source in lab.tests.items():
        assert len(lines(released(source))) <= 12, name
        assert len(between(source, "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")) <= 25, name


@EACH_LAB
def test_no_line_of_code_needs_sideways_scrolling(lab: Lab):
    """88 characters is what JupyterLab shows at 1280 pixels with its side bar open."""
    assert [(c.id, line) for c in code_cells(lab) for line in lines(c.source) if len(line) > 88] == []


@EACH_LAB
def test_the_setup_and_every_demonstration_are_short(lab: Lab):
    for cell in code_cells(lab):
        if not is_solution(cell) and not is_grade(cell):
            assert len(lines(cell.source)) <= (25 if cell.id in TEACH_BY_THEIR_CODE else 12), cell.id


@EACH_LAB
def test_locked_code_is_at_most_a_third_of_the_code(lab: Lab):
    sizes = [(len(lines(released(c.source))), is_locked(c) and not is_solution(c)) for c in code_cells(lab)]
    locked = sum(size for size, is_locked in sizes if is_locked)
    assert 3 * locked <= sum(size for size, _ in sizes)


@EACH_LAB
def test_a_lab_has_the_size_of_a_lab(lab: Lab):
    words = sum(len(cell.source.split()) for cell in cells_of(lab) if cell.cell_type == "markdown")
    assert 20 <= len(cells_of(lab)) <= 34
    assert 900 <= words <= 1600


@EACH_LAB
def test_a_test_cell_ends_without_a_value(lab: Lab):
    """nbgrader reads a trailing value as partial credit; these calls return None."""
    for name, source in lab.tests.items():
        last = ast.parse(source).body[-1]
        assert isinstance(last, ast.Expr) and isinstance(last.value, ast.Call), name
        function = last.value.func
        assert (function.attr if isinstance(function, ast.Attribute) else function.id) in ("passed", "predictions"), (
            name
        )


@EACH_LAB
def test_every_exercise_has_its_own_task_with_three_hints_directly_above_it(lab: Lab):
    cells = cells_of(lab)
    for above, cell in zip(cells, cells[1:]):
        if cell.cell_type == "code" and is_solution(cell) and cell.metadata.nbgrader.grade_id != "predict":
            assert above.cell_type == "markdown", cell.id
            assert re.findall(r"<summary>(.*?)</summary>", above.source) == ["Hint 1", "Hint 2", "Hint 3"], cell.id


@EACH_LAB
def test_the_variables_of_a_prediction_are_named_where_they_are_asked_for(lab: Lab):
    (test,) = (source for name, source in lab.tests.items() if name == "correct_predict")
    guesses = set(re.findall(r"\bguess_\w+", test))
    task = next(cell.source for cell in cells_of(lab) if cell.id == "predict-task")
    assert len(guesses) >= 2
    assert guesses <= set(re.findall(r"\bguess_\w+", task))
    assert guesses <= set(re.findall(r"\bguess_\w+", lab.untouched("predict")))
    answered = {guess for cell in code_cells(lab) for guess in re.findall(r"reveal\([^)]*?(guess_\w+)", cell.source)}
    assert guesses <= answered


@EACH_LAB
def test_the_rubric_is_folded_and_the_task_says_where_to_write_and_what_validate_leaves_out(lab: Lab):
    task = cells_of(lab)[-2].source
    folded = re.search(r"(?s)<details><summary>(Rubric.*?)</summary>\n\n(.*?)\n\n</details>", task)
    assert folded and folded[2].count("\n| 1 |") == 4
    assert "Double-click" in task and "Validate" in task
    assert "<details open><summary>Rubric" in unfolded(task)  # for whoever grades


@EACH_LAB
def test_every_lab_begins_with_the_same_setup(lab: Lab):
    """A notebook without the course's packages says what to do; so does one that is newer than they are."""
    (setup,) = lab.setup
    first, _, rest = setup.partition("except ImportError")
    assert "from labkit import " in first and "make lab" in rest and f'start("{lab.name[-2:]}", needs="' in rest


@EACH_LAB
def test_no_solution_and_no_hidden_test_is_in_labkit(lab: Lab):
    """A student can open labkit."""
    shown = {re.sub(r"\s", "", line) for path in LABKIT for line in lines(path.read_text(encoding="utf-8"))}
    for source in [*lab.solutions.values(), *lab.tests.values()]:
        for begin, end in MARKS:
            own = [line.strip() for line in between(source, begin, end) if ".hidden(" not in line]
            secret = [re.sub(r"\s", "", line) for line in own if not line.startswith(("from ", "import "))]
            assert [line for line in secret if len(line) > 24 and line in shown] == []


def test_labkit_knows_nothing_of_grading_and_the_engine_nothing_of_labkit():
    for path in [*LABKIT, *sorted((ROOT / "mini_vllm").rglob("*.py"))]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        forbidden = {"grading", "nbgrader", *(() if path in LABKIT else ("labkit",))}
        assert {name.split(".")[0] for name in imported}.isdisjoint(forbidden), path


def test_no_file_of_labkit_needs_scrolling():
    assert [path.name for path in LABKIT if len(lines(path.read_text(encoding="utf-8"))) > 200] == []
