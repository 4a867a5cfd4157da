"""Which exercises a lab has, and which answers each of its tests is about."""

from nbgrader.api import Notebook
from nbgrader.coursedir import CourseDirectory

from grading.course import source_notebook
from grading.gradebook import graded_cells
from grading.report.facts import Exercise, Lab


def lab_of(course: CourseDirectory, assignment: str, notebook: Notebook) -> Lab:
    """Its exercises in the order of the notebook. The answer to a test stands in the cells between it and the last."""
    order = source_notebook(course, assignment, notebook.name).order or [cell.name for cell in notebook.source_cells]
    tests = graded_cells(notebook, order)
    most = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
    kinds = {cell.name: cell.cell_type for cell in notebook.grade_cells}
    solutions = {cell.name: cell.id for cell in notebook.solution_cells}
    exercises, answers, is_used = [], {}, False
    for name in dict.fromkeys([*order, *tests]):
        if name in solutions:
            answers = {**({} if is_used else answers), name: solutions[name]}
            is_used = False
        if name in tests and most[name]:
            own = {name: solutions[name]} if name in solutions else answers
            by_hand = name in solutions or kinds.get(name) != "code"
            exercises.append(Exercise(name, tests[name], most[name], own, by_hand))
            is_used = True
    return Lab(notebook.name, exercises, sum(exercise.most for exercise in exercises))
