"""After one command over a class with every kind of trouble, each file is graded, or named with its reason."""

import contextlib
import io
import unicodedata

import pytest
from autograde_course import fresh, ours
from class_of_60 import NUM_STUDENTS, hand_in_all
from nbgrader.api import Gradebook
from tiny_course import ASSIGNMENT

pytestmark = pytest.mark.slow

LABS = ("lab", "second")
# What is no student's work: the time of the submission, and what file systems and editors leave beside files.
NO_WORK = ("timestamp.txt", ".keep", ".ipynb_checkpoints", "._")


class Graded:
    """What was handed in, what one autograde printed, its exit status, and the points of each notebook."""

    def __init__(self, course) -> None:
        self.submitted = submitted = course.root / "submitted"
        files = (path.relative_to(submitted) for path in submitted.rglob("*") if not path.is_dir())
        self.files = {path.as_posix() for path in files if len(path.parts) > 1}  # the others are no student's
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            self.status = ours(course)
        self.table = out.getvalue()
        self.lines: dict[str, str] = {}
        student = ""
        for line in self.table.splitlines()[1:-1]:
            student = line.split()[0] if not line.startswith(" ") else student
            self.lines[student] = f"{self.lines.get(student, '')} {' '.join(line.split())}"
        with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
            self.graded = {
                f"{submission.student.id}/{ASSIGNMENT}/{notebook.name}.ipynb"
                for submission in gradebook.assignment_submissions(ASSIGNMENT)
                for notebook in submission.notebooks
                if any(grade.auto_score is not None for grade in notebook.grades)
            }
        self.points = course.points()

    def is_named(self, file: str) -> bool:
        """Whether the student's lines say the file's name, that of a folder or archive which holds it, or a reason that
        concerns the whole submission."""
        student, *path = file.split("/")
        about = self.lines.get(student, "")
        whole = ("is known in another Unicode form", "timestamp.txt contains no time")
        return any(part in about for part in path if part != ASSIGNMENT) or any(reason in about for reason in whole)

    def is_set_aside(self, file: str) -> bool:
        submission, _, name = file.partition(f"/{ASSIGNMENT}/")
        return (self.submitted / submission / f"{ASSIGNMENT}.set-aside" / name).exists()


@pytest.fixture(scope="module")
def told(course, known, tmp_path_factory) -> Graded:
    """Many hand in the same, which is judged once."""
    own = fresh(course, tmp_path_factory.mktemp("class") / "course")
    with Gradebook(f"sqlite:///{own.root}/gradebook.db") as gradebook:
        gradebook.add_student(unicodedata.normalize("NFC", "jose\u0301"))
        gradebook.add_student("enrolled-and-silent")
    hand_in_all(own)
    return Graded(own)


def test_files_in_are_files_graded_and_files_named(told):
    work = {file for file in told.files if not any(part.startswith(NO_WORK) for part in file.split("/")[1:])}
    graded = {file for file in work & told.graded if not told.is_set_aside(file)}
    named = {file for file in work - graded if told.is_named(file)}
    print(told.table)
    print(f"{len(work)} files in, {len(graded)} graded, {len(named)} named")
    assert work - graded - named == set()
    assert len(graded) > NUM_STUDENTS / 2 and len(named) > 15


def test_every_student_is_graded_or_has_a_line_and_every_point_is_of_a_file(told):
    handed_in = {file.split("/")[0] for file in told.files}
    assert len(handed_in) == NUM_STUDENTS
    assert handed_in - set(told.lines) - set(told.points) == set()
    for student, cells in told.points.items():
        earned = {f"{student}/{ASSIGNMENT}/{lab}.ipynb" for lab in LABS}
        assert earned & told.files or not any(cells.values()), student


def test_the_good_ones_behind_the_unreadable_ones_have_all_points(told):
    assert told.status == 1
    good = [name for name in told.points if name.startswith("student-")]
    assert len(good) == 10
    for name in good:
        assert sum(told.points[name].values()) == (6 if int(name[-2:]) % 3 else 4)
    for number in range(4):
        assert told.points[f"0-unreadable-{number}"]["test_triple"] == 1
