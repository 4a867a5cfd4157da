"""`python -m grading exam` prints what the labs ask at the whiteboard, and gives no answer on a student's page."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from grading.__main__ import main
from grading.exam.questions import questions_of, title_of

ROOT = Path(__file__).parents[2]
PHASES = sorted({path.parent for path in ROOT.glob("source/*/*.ipynb")})
LAB = "lab-01-kv-cache-speedup.ipynb"


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A course of one lab, which is the current directory."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "source" / "phase").mkdir(parents=True)
    shutil.copy(next(ROOT.glob(f"source/*/{LAB}")), tmp_path / "source" / "phase")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(course: Path, cell: int, *change: str) -> None:
    """Replace a text in a cell of the lab, counted from its end."""
    path = course / "source" / "phase" / LAB
    notebook = nbformat.read(path, as_version=4)
    assert change[0] in notebook.cells[cell].source
    notebook.cells[cell].source = notebook.cells[cell].source.replace(*change)
    nbformat.write(notebook, path)


def sheets(html: str) -> dict[str, str]:
    """The text of each page, by its id."""
    parts = re.findall(r'<article class="sheet" id="([^"]+)">(.*?)</article>', html, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", part).split()) for name, part in parts}


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.name)
def test_every_lab_of_a_phase_has_a_question_of_four_points_with_rubric_and_answer(phase):
    questions = questions_of(phase)
    assert len(questions) == len([*phase.glob("*.ipynb")])
    for question in questions:
        assert question.text.endswith("?") and question.lab.startswith("Lab ") and "[" not in question.lab
        assert [points for points, _ in question.rubric] == [1, 1, 1, 1], question.lab
        assert len(question.answer.split()) > 50 and "###" not in question.answer, question.lab
    assert re.fullmatch(r"Phase \d\d · .+", title_of(phase))


def test_the_rubric_and_the_model_answer_are_on_the_page_behind_the_question(course, capsys):
    assert main(["exam", "phase"]) == 0
    assert "2 pages: 1 question(s)" in capsys.readouterr().out
    (question,) = questions_of(course / "source" / "phase")
    front, back = sheets((course / "exam-phase.html").read_text(encoding="utf-8")).items()
    assert (front[0], back[0]) == ("question-1", "rubric-1")
    assert question.text in front[1] and question.text in back[1]
    secrets = [question.answer, *(what for _, what in question.rubric)]
    assert all(secret in back[1] and secret not in front[1] for secret in secrets)


def test_the_page_loads_nothing_and_runs_nothing_that_a_lab_says(course):
    edit(course, -2, "Why does every", "Why does `every` x < y <script>alert(1)</script>")
    assert main(["exam", "phase", "--to", "oral.html"]) == 0
    html = (course / "oral.html").read_text(encoding="utf-8")
    assert "<script" not in html and "&lt;script&gt;" in html and "<code>every</code> x &lt; y" in html
    assert not re.search(r"""(src|href)=|url\(|@import""", html) and "default-src 'none'" in html


@pytest.mark.parametrize(
    ("cell", "change", "lacks"),
    [
        (-2, ("**Why does", "Why does"), "a question"),
        (-2, ("<summary>Rubric", "<summary>Points"), "a folded rubric whose points add up to 4"),
        (-2, ("| 1 | the price", "| 2 | the price"), "a folded rubric whose points add up to 4"),
        (-1, ("### END SOLUTION", ""), "a model answer"),
    ],
)
def test_a_lab_without_a_complete_question_is_named_with_what_it_lacks(course, capsys, cell, change, lacks):
    edit(course, cell, *change)
    assert main(["exam", "phase"]) == 2
    said = capsys.readouterr().err
    assert LAB in said and lacks in said and not (course / "exam-phase.html").exists()


def test_an_unknown_phase_is_refused_with_those_that_there_are(course, capsys):
    assert main(["exam", "phase-07"]) == 2
    assert "choose one of phase." in capsys.readouterr().err
