"""Every hostile or odd submission of the register gets what its honest part earned, and the machine is left alone.

`make test` tries the first of each module of the register, one for each wall; `make test-all` tries all. Our command
grades them; test_attacks_elsewhere.py has nbgrader's. With -k, only those are graded that the chosen tests ask for.
"""

import re
import subprocess
from pathlib import Path

import pytest
from attack_register import SUBMISSIONS
from grade_attacks import GradedAttacks, everybody

SECRETS = "104729|1299709|31337|161803|271828|577215|141421|secret_|314159|173205|223606|swordfish"
TAKEN = "root:x:0|taken over|PRAGMA|SQLite format"
CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u202e]"  # but line ends and tabs
FIRST = {submission.change.__module__: name for name, submission in reversed(everybody().items())}


def each(names):
    """A case for each of the submissions, those that `make test` tries and those that it leaves out."""
    cases = [pytest.param(name, marks=() if name in FIRST.values() else pytest.mark.slow) for name in names]
    return pytest.mark.parametrize("name", cases)


# What is held of a class as a whole is held of whatever was graded in this run.
OF_THE_CLASS = pytest.mark.parametrize("tried", ["one for each wall", pytest.param("all", marks=pytest.mark.slow)])


@pytest.fixture(scope="session")
def attacks(request, tmp_path_factory) -> GradedAttacks:
    """The submissions that the tests of this run ask for, graded."""
    cases = [getattr(item, "callspec", None) for item in request.session.items if item.path == Path(__file__)]
    asked_for = {case.params["name"] for case in cases if case and "name" in case.params}
    names = [name for name in everybody() if name in (asked_for or FIRST.values())]
    return GradedAttacks(tmp_path_factory.mktemp("attacks"), names)


def of_kind(*kinds: str) -> list[str]:
    return [name for name, submission in everybody().items() if submission.kind in kinds]


@each(everybody())
def test_a_submission_gets_what_its_honest_part_earned(attacks, name):
    assert attacks.points(name) == everybody()[name].points, everybody()[name].tries


@OF_THE_CLASS
def test_who_is_not_graded_is_named_in_the_log(attacks, tried):
    for name in attacks.names:
        submission = everybody()[name]
        log = attacks.log(name)
        says_so = f"error processing assignment 'phase-00' for student '{name}'" in log
        says_so = says_so or re.search(rf"error processing assignment: \S*/{name}/", log)
        says_so = says_so or re.search(rf"^{name} +- ", log, re.MULTILINE)
        says_so = says_so or re.search(rf"No notebooks were matched by '\S*/{name}/", log)
        assert bool(says_so) == (None in submission.points.values()), name


@each(of_kind("score", "host"))
def test_no_hidden_number_and_nothing_of_the_machine_is_shown(attacks, name):
    said = attacks.shown(name)
    assert not re.findall(SECRETS, said)
    assert not re.findall(TAKEN, said)


@each([name for name, submission in everybody().items() if submission.never])
def test_what_nobody_may_be_shown_is_not(attacks, name):
    assert not re.findall(everybody()[name].never, attacks.shown(name))


@OF_THE_CLASS
def test_no_control_character_of_a_submission_reaches_the_terminal(attacks, tried):
    assert [re.findall(CONTROL, graded.log)[:5] for graded in attacks.classes] == [[]] * len(attacks.classes)


@OF_THE_CLASS
def test_every_class_has_ended(attacks, tried):
    assert None not in [graded.exit_status for graded in attacks.classes]


@each([name for name, s in SUBMISSIONS.items() if s.change.__module__ == "host_process"])
def test_no_wall_of_the_sandbox_has_a_hole(attacks, name):
    assert "REACHED" not in attacks.shown(name)


@each(["links_among_the_files", "a_fifo_and_a_socket", "a_device", "a_notebook_that_is_a_link"])
def test_links_and_special_files_go_no_further(attacks, name):
    for path in attacks.folder(name).rglob("*"):
        assert path.is_file() or path.is_dir(), path
        if path.suffix != ".ipynb":
            assert "set aside" in path.read_text(), path


@each(["a_notebook_that_is_a_link"])
def test_an_empty_notebook_says_what_was_set_aside(attacks, name):
    cells = attacks.notebook(name).cells
    assert any("was a link to ../../../source/" in cell.source for cell in cells)


@each(["ten_thousand_files", "a_gigabyte_of_nothing", "folders_without_end"])
def test_what_is_too_much_goes_no_further(attacks, name):
    paths = list(attacks.folder(name).rglob("*"))
    assert len(paths) < 100 and sum(path.stat().st_size for path in paths) < 10**6, name


@each(["a_gigabyte_of_nothing"])
def test_what_was_set_aside_is_kept_beside_the_submission(attacks, name):
    root = attacks.folder(name).parents[2]
    aside = root / "submitted" / name / "phase-00.set-aside" / "big.bin"
    assert aside.stat().st_size == 2**30


@OF_THE_CLASS
def test_no_process_of_a_submission_outlives_the_class(attacks, tried):
    assert "86399.25" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout


@OF_THE_CLASS
def test_nothing_was_written_outside(attacks, tried):
    assert not [p for p in ("/written", "/usr/written", "/var/tmp/written", "/etc/written") if Path(p).exists()]


@each(["a_cell_that_sleeps"])
def test_a_cell_that_was_given_up_says_so(attacks, name):
    assert "counts as not run" in attacks.shown(name)
