"""Those attacks of which the result depends on who grades, and where the course lies."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from attack_register import SUBMISSIONS
from course_of_attacks import CourseOfAttacks
from grade_attacks import GradedClass
from graders import Grader, ordinary_user
from test_attacks import SECRETS, TAKEN

pytestmark = pytest.mark.slow

CHOICE = """
plain a_helper_module_and_data processes environments_of_all_processes the_environment_as_root_sees_it
the_course_by_way_of_libraries collected_answers_in_the_libraries answers_read_from_the_course
reads_what_is_not_its_own updates_the_gradebook rewrites_files_of_others ones_own_submission_grades_itself
files_of_the_machine writes_outside rights network a_process_that_meddles kills_all leak_by_files
leak_by_properties_of_the_parent memory_shared_by_three files_that_nobody_may_read a_notebook_that_is_a_link
""".split()


class CourseInItsEnvironment(CourseOfAttacks):
    """`python -m venv .` in the course's root, and everything installed into it."""

    def __init__(self, root: Path, *args, **more) -> None:
        shutil.copytree(sys.prefix, root, symlinks=True, copy_function=link)
        super().__init__(root, *args, **more)


def link(source: str, target: str) -> None:
    """A hard link, where the file system has it: an environment is large."""
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


@pytest.fixture(scope="module", params=["by an ordinary user", "in the course's own environment"])
def elsewhere(request):
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        Path(folder).chmod(0o755)  # pytest's own folders are closed to others
        root, submissions = Path(folder, "course"), {name: SUBMISSIONS[name] for name in CHOICE}
        if request.param == "by an ordinary user":
            try:
                yield GradedClass(root, submissions, grader=ordinary_user())
            except PermissionError as error:
                pytest.skip(str(error))
        else:
            grader = Grader(str(root / "bin" / Path(sys.executable).name))
            yield GradedClass(root, submissions, CourseInItsEnvironment, grader=grader)


@pytest.mark.parametrize("name", CHOICE)
def test_it_gets_the_same_points_elsewhere(elsewhere, name):
    assert elsewhere.earned.get(name) == SUBMISSIONS[name].points, elsewhere.log[-3000:]


@pytest.mark.parametrize("name", [name for name in CHOICE if SUBMISSIONS[name].kind != "honest"])
def test_it_is_shown_nothing_more_elsewhere(elsewhere, name):
    said = elsewhere.shown(name)
    assert not re.findall(f"{SECRETS}|{TAKEN}|REACHED", said)
    assert not re.findall(SUBMISSIONS[name].never or "LEAKED", said)


def test_no_process_outlives_the_class_elsewhere(elsewhere):
    assert "86399.25" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
