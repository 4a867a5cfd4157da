"""Which submissions there are, and which of them still have to be graded."""

import contextlib
import glob
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from grading.autograde.unseen import misplaced, other_form, other_work, set_aside_before
from grading.collect.labs import Labs
from grading.course import student_of
from grading.gradebook import students_with_points
from grading.plain_text import one_line
from grading.steps.entry import Refused, admit


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    why: it has to be graded: "new", "newer" (handed in again), "unfinished" (an earlier run was broken off in the
    middle) or "forced"; "" if it has been graded.
    remarks: what of it was set aside, in sentences. left: what else of it is not graded.
    """

    student: str
    folder: Path
    why: str
    remarks: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def handed_in(
    autograde: Autograde, gradebook: Gradebook, labs: Labs | None, students: list[str], force: bool
) -> tuple[list[Submission], dict[str, str]]:
    """The submissions of `students`, or all. What has to be graded is so by nbgrader's own rule, or left half graded.

    Second, by student, why a submission cannot be graded.

    autograde: nbgrader's converter, with the assignment chosen. labs: those that were released. Errors: ValueError if
    there is no submission at all, or none by one of the students.
    """
    course = autograde.coursedir
    folders = {student_of(autograde, path): path for path in sorted(glob.glob(_folder(course, "*")))}
    excluded = course.student_id_exclude.split(",")
    submitted = Path(_folder(course, "*")).parents[1]
    unseen = {path.name: "It is not a folder." for path in submitted.glob("[!.]*") if not path.is_dir()}
    unseen |= misplaced(submitted, course.assignment_id) if submitted.is_dir() else {}
    if unknown := set(students) - set(folders) - set(unseen):
        raise ValueError(
            f"There is no submission to {course.assignment_id} by {', '.join(sorted(unknown))}. "
            f"Next step: check the spelling with `ls {Path(course.root, course.submitted_directory)}`."
        )
    if not folders and not unseen:
        raise ValueError(f"Nothing has been submitted: there is no {_folder(course, 'STUDENT')}/*.ipynb.")
    notebooks = {notebook.name for notebook in gradebook.find_assignment(course.assignment_id).notebooks}
    with_points = students_with_points(gradebook, course.assignment_id)
    others = not all(unicodedata.is_normalized("NFC", student) for student in folders)
    known = {*folders, *(student.id for student in gradebook.students)} if others else set()
    found = []
    for student, path in folders.items():
        if student in excluded or (students and student not in students):
            continue
        folder = Path(path)
        try:
            remarks = admit(folder)
            names = {path.stem for path in folder.glob(f"{course.notebook_id}.ipynb")}
            if glob.escape(student) != student:  # nbgrader would take it for a pattern, and grade somebody else's
                raise Refused("nbgrader does not support *, ? or [ in the name of a folder. Rename it.")
            if form := other_form(student, known):
                raise Refused(f"{form} is known in another Unicode form of this name. Next step: rename the folder.")
            left = [" ".join(said) for said in other_work(folder, names & notebooks, labs)]
            if not names:
                raise Refused(" ".join([f"The submission contains no notebook{_instead(folder)}.", *left]))
            left += [] if remarks else set_aside_before(folder, names)
            why = "forced" if force else _why(autograde, folder, student, names & notebooks, with_points)
            found.append(Submission(student, folder, why, tuple(remarks), tuple(left)))
        except Refused as refused:
            unseen[student] = str(refused)
    return found, {student: why for student, why in unseen.items() if student in students or not students}


def _folder(course: CourseDirectory, student: str) -> str:
    return course.format_path(course.submitted_directory, student, course.assignment_id)


def _instead(folder: Path) -> str:
    """What was handed in without a notebook."""
    names = sorted(one_line(path.name) for path in folder.iterdir() if not path.name.startswith("."))
    return f", only {', '.join(names[:5])}{', ...' * (len(names) > 5)}" if names else ""


def _why(autograde: Autograde, folder: Path, student: str, names: set[str], with_points: set[str]) -> str:
    """names: of the notebooks that were handed in. with_points: students whose points are on record."""
    course = autograde.coursedir
    graded = Path(course.format_path(course.autograded_directory, student, course.assignment_id))
    if not graded.exists():
        return "new"
    try:
        handed_in_at, before = map(course.get_existing_timestamp, map(str, (folder, graded)))
    except Exception:  # a copy that an interrupted run left half written
        return "unfinished"
    if handed_in_at is not None and (before is None or handed_in_at > before):
        return "newer"  # none before: an interrupted run has begun to clear the folder
    if student not in with_points or not all(_has_run(graded / f"{name}.ipynb") for name in names):
        return "unfinished"
    _protect(autograde, student, graded)
    return ""


def _protect(autograde: Autograde, student: str, graded: Path) -> None:
    """Nbgrader's last act on a submission, if it was broken off just before."""
    permissions = int(str(autograde.permissions), 8)
    with contextlib.suppress(OSError):  # somebody else's files
        if any(path.stat().st_mode & 0o222 & ~permissions for path in graded.glob("*.ipynb")):
            autograde.set_permissions(autograde.coursedir.assignment_id, student)


def _has_run(path: Path) -> bool:
    """Whether a notebook was written with its outputs, which nbgrader does after it has saved the points."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")
    except (OSError, ValueError, KeyError, TypeError):  # not there, or half written
        return False
