"""Those attacks of which the result depends on who grades, by which command, and where the course lies."""

import contextlib
import functools
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from attack_register import SUBMISSIONS
from course_of_attacks import CourseOfAttacks
from course_of_two import SUBMISSIONS_OF_TWO, CourseOfTwo
from grade_attacks import SHORT, GradedClass, everybody
from graders import Grader, ordinary_user
from test_attacks import CONTROL, FIRST, SECRETS, TAKEN

pytestmark = pytest.mark.slow


def module_of(name: str) -> str:
    return everybody()[name].change.__module__


# What the account that grades might be able to do, or to keep for itself.
OF_THE_ACCOUNT = """
plain processes environments_of_all_processes the_environment_as_root_sees_it reads_what_is_not_its_own
updates_the_gradebook rewrites_files_of_others files_of_the_machine writes_outside rights network
a_process_that_meddles kills_all leak_by_files leak_by_properties_of_the_parent memory_shared_by_three
files_that_nobody_may_read a_notebook_that_is_a_link
""".split()

# What might be found in the libraries' folder.
OF_THE_PLACE = """
plain a_helper_module_and_data the_environment_as_root_sees_it the_course_by_way_of_libraries
collected_answers_in_the_libraries answers_read_from_the_course reads_what_is_not_its_own updates_the_gradebook
rewrites_files_of_others ones_own_submission_grades_itself files_of_the_machine writes_outside leak_by_files
""".split()

# What nbgrader's own code reads or copies, and one for each other wall.
READ_BY_NBGRADER = ("host_files", "host_times", "unreadable")
OF_NBGRADER = [
    name
    for name in SUBMISSIONS
    if (module_of(name) in READ_BY_NBGRADER or name in FIRST.values()) and name not in {*OF_THE_ACCOUNT, *OF_THE_PLACE}
]

# Of a submission with two notebooks, nbgrader's command has each judged by itself.
OF_TWO = [name for name in SUBMISSIONS_OF_TWO if module_of(name) == "host_two_notebooks" or name in FIRST.values()]

CASES = {
    "by an ordinary user": OF_THE_ACCOUNT,
    "in the course's own environment": OF_THE_PLACE,
    "by nbgrader's command": OF_NBGRADER,
    "two notebooks": OF_TWO,
}


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


@pytest.fixture(scope="module")
def elsewhere():
    """elsewhere(case) -> its class, graded once, by nbgrader's command."""
    with contextlib.ExitStack() as folders:

        @functools.cache
        def grade(case: str) -> GradedClass:
            folder = folders.enter_context(tempfile.TemporaryDirectory(prefix="attacks-"))
            Path(folder).chmod(0o755)  # pytest's own folders are closed to others
            root, submissions = Path(folder, "course"), {name: everybody()[name] for name in CASES[case]}
            if case == "by an ordinary user":
                return GradedClass(root, submissions, grader=ordinary_user())
            if case == "in the course's own environment":
                grader = Grader(str(root / "bin" / Path(sys.executable).name))
                return GradedClass(root, submissions, CourseInItsEnvironment, grader=grader)
            course = CourseOfTwo if case == "two notebooks" else CourseOfAttacks
            return GradedClass(root, submissions, course, seconds=300, limits=SHORT)

        def graded(case: str) -> GradedClass:
            try:
                return grade(case)
            except PermissionError as error:
                pytest.skip(str(error))

        yield graded


def each(wanted=lambda submission: True):
    """Each case with each of its submissions that is wanted."""
    found = [(case, name) for case, names in CASES.items() for name in names if wanted(everybody()[name])]
    return pytest.mark.parametrize(("case", "name"), found)


@each()
def test_it_gets_the_same_points_elsewhere(elsewhere, case, name):
    must = everybody()[name].points
    earned = elsewhere(case).earned.get(name) or {}  # nbgrader has no record of what it could not read
    assert {exercise: earned.get(exercise) for exercise in must} == must, elsewhere(case).log[-3000:]


@each(lambda submission: submission.kind in ("score", "host") or submission.never)
def test_it_is_shown_nothing_more_elsewhere(elsewhere, case, name):
    said = elsewhere(case).shown(name)
    assert not re.findall(f"{SECRETS}|{TAKEN}|REACHED", said)
    assert not re.findall(everybody()[name].never or "LEAKED", said)


@pytest.mark.parametrize("name", [name for name in OF_NBGRADER if module_of(name) == "host_files"])
def test_what_may_not_come_in_goes_no_further_by_nbgraders_command(elsewhere, name):
    paths = [*elsewhere("by nbgrader's command").folder(name).rglob("*")]
    assert [path for path in paths if path.is_symlink() or not (path.is_file() or path.is_dir())] == []
    assert len(paths) < 100 and sum(path.stat().st_size for path in paths) < 10**6


@pytest.mark.parametrize("case", CASES)
def test_no_control_character_of_a_submission_reaches_the_terminal_elsewhere(elsewhere, case):
    assert re.findall(CONTROL, elsewhere(case).log)[:5] == []


@pytest.mark.parametrize("case", CASES)
def test_no_process_outlives_the_class_elsewhere(elsewhere, case):
    assert elsewhere(case).exit_status is not None
    assert "86399.25" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
