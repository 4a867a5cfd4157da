"""Graded classes for the report: the tiny course's gradebook and graded notebooks, without the minutes of grading."""

import shutil
from pathlib import Path

import nbformat
from graded_course import hand_in, make_course, open_gradebook, without_warnings
from nbformat.v4 import new_output
from nbgrader.coursedir import CourseDirectory
from tiny_course import ASSIGNMENT, Course, source_notebooks

from grading.report.facts import Exercise, Facts
from grading.report.gather import gather

FULL = {"test_double": 2, "test_ratio": 3, "test_triple": 1}
NONE = dict.fromkeys(FULL, 0)


class ReportedCourse:
    """A course in which submissions are put on record as autograde leaves them."""

    def __init__(self, root: Path) -> None:
        self.course: Course = make_course(root)
        self.root = root
        self._gradebook = open_gradebook(root)  # one for all classes: SQLAlchemy compiles its queries anew in each

    def start_anew(self) -> None:
        """Forget the class."""
        self._gradebook.close()
        shutil.rmtree(self.root)
        make_course(self.root)

    def graded(self, student: str, errors: dict | None = None, not_tried=(), without=(), about=None, **points) -> None:
        """A graded submission. errors: by cell, (name of the error, message). points: full ones, where not given."""
        with without_warnings():
            hand_in(self._gradebook, student, about, **(FULL | points))
            for notebook in self._gradebook.find_submission(ASSIGNMENT, student).notebooks:
                for comment in notebook.comments:
                    comment.auto_comment = "No response." if comment.name in not_tried else None
            self._gradebook.db.commit()
        for name, nb in source_notebooks().items():
            for cell in nb.cells:
                if cell.id in (errors or {}):
                    kind, message = errors[cell.id]
                    cell.outputs = [new_output("error", ename=kind, evalue=message, traceback=message.splitlines())]
            if name not in without:
                self.write("autograded", student, f"{name}.ipynb", nbformat.writes(nb))

    def write(self, step: str, student: str, name: str, text: str) -> Path:
        path = self.root / step / student / ASSIGNMENT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def facts(self, with_names: bool = True) -> Facts:
        self._gradebook.db.remove()  # others may have written to it
        return gather(self._gradebook, CourseDirectory(root=str(self.root)), ASSIGNMENT, with_names)

    def exercise(self, name: str, with_names: bool = True) -> Exercise:
        labs = self.facts(with_names).labs
        return next(exercise for lab in labs for exercise in lab.exercises if exercise.name == name)


def failed(*lines: str) -> tuple[str, str]:
    """A labkit message, as a test's error."""
    return "CheckFailed", "\n".join(lines)
