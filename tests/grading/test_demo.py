"""`make demo` shows an instructor the whole loop for a phase, and touches nothing but its own folder."""

import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest
from answers.demo_class import CLASS

from grading import demo

ROOT = Path(__file__).parents[2]
FIRST, SECOND = sorted({path.parent.name for path in ROOT.glob("source/*/*.ipynb")})


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """shown(arguments) -> the demo's folder, and what it printed."""

    @functools.cache
    def shown(*arguments: str) -> tuple[Path, str]:
        folder = tmp_path_factory.mktemp("demo")
        command = [sys.executable, "-m", "grading", "demo", *arguments, "--folder", folder]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr
        return folder, run.stdout

    return shown


def points(output: str, lab: str, student: str) -> list[float]:
    """The row of a student in the table of a lab: points per exercise, then their sum."""
    story = next(s.story for s in CLASS if s.name == student)
    table = output[output.index(f"\n{lab}") :]
    row = next(line for line in table.splitlines() if line.startswith(student) and story in line)
    return [float(cell) for cell in row.split(story)[1].split()]


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), (SECOND,)], ids=[FIRST, SECOND])
def test_the_reference_gets_all_automatic_points_and_the_untouched_notebook_none(shown, arguments):
    folder, output = shown(*arguments)
    labs = [path.stem for path in folder.glob("source/*/*.ipynb")]
    assert len(labs) == 4 and {path.parent.name for path in folder.glob("source/*/*")} == {*(arguments or (FIRST,))}
    for lab in labs:
        assert points(output, lab, "ada")[-1] == 20
        assert points(output, lab, "ben")[-1] == 0


@pytest.mark.slow
def test_each_student_gets_the_points_of_the_right_part_of_the_work(shown):
    _, output = shown()
    assert points(output, "lab-01", "cleo") == [1, 2, 0, 5, 3, 4, 3, 18]
    assert points(output, "lab-01", "eva") == [1, 2, 2, 0, 3, 0, 3, 11]
    assert points(output, "lab-01", "finn") == [1, 0, 2, 5, 3, 4, 3, 18]
    assert points(output, "lab-02", "cleo") == [1, 0, 0, 0, 3, 3, 4, 11]  # two exercises are built on the first
    assert points(output, "lab-02", "dev") == [1, 3, 2, 4, 3, 3, 4, 20]
    assert points(output, "lab-03", "dev") == [1, 2, 1, 3, 0, 0, 0, 0, 7]  # the draws call top_p_mask
    assert points(output, "lab-04", "dev") == [1, 1, 2, 3, 2, 0, 5, 4, 18]
    assert points(output, "lab-04", "eva") == [1, 1, 2, 0, 2, 2, 5, 4, 17]


@pytest.mark.slow
def test_a_mistake_in_the_second_phase_costs_its_own_exercise_there_and_in_the_engine(shown):
    _, output = shown(SECOND)
    assert points(output, "lab-05", "cleo") == [1, 0, 3, 5, 6, 2, 17]
    assert points(output, "lab-05", "eva") == [1, 3, 3, 5, 0, 0, 12]
    assert points(output, "lab-06", "dev") == [1, 2, 0, 2, 4, 4, 1, 3, 17]
    assert points(output, "lab-07", "eva") == [1, 2, 4, 0, 0, 1, 4, 12]
    assert points(output, "lab-08", "eva") == [1, 0, 0, 0, 4, 4, 3, 12]  # num_cached_tokens calls block_hashes
    assert points(output, "lab-08", "finn") == [1, 3, 2, 3, 0, 4, 3, 16]
    assert re.search(r"dev +finish_reason +Likely cause: the length is checked first", output)


@pytest.mark.slow
def test_the_instructor_reads_what_the_students_read(shown):
    _, output = shown()
    assert re.search(r"cleo +work_with_cache +Likely cause: the last token is not fed", output)
    assert re.search(r"cleo +kv_bytes_per_token +Likely cause: the query heads are counted", output)


@pytest.mark.slow
def test_every_student_has_a_feedback_page_with_the_teaching_message(shown):
    folder, _ = shown()
    pages = {path.parts[-3]: path.read_text() for path in folder.glob("feedback/*/*/lab-01*.html")}
    assert set(pages) == {student.name for student in CLASS}
    assert "the scores are not scaled" in pages["eva"]


def test_a_folder_with_files_of_somebody_elses_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ValueError, match="--folder"):
        demo.make_course(tmp_path, demo.chosen_phase(None))
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_an_installation_without_the_answers_says_where_the_demo_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    with pytest.raises(ValueError, match="make demo in a checkout"):
        demo.made_up_class()


def test_a_phase_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match=f"phase-77.*\n.*{FIRST}, {SECOND}"):
        demo.chosen_phase("phase-77")
