"""The exam on paper: each question is one page, and its rubric the next one."""

import re
from pathlib import Path

import pytest
from browser_lab import ROOT

from grading.exam.page import render
from grading.exam.questions import questions_of, title_of

PHASES = sorted({path.parent for path in ROOT.glob("source/*/*.ipynb")})


@pytest.mark.parametrize("size", ["A4", "Letter"])
@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.name)
def test_each_question_and_each_rubric_is_one_page_on_paper(phase: Path, size, open_page, tmp_path):
    questions = questions_of(phase)
    path = tmp_path / "exam.html"
    path.write_text(render(title_of(phase), questions), encoding="utf-8")
    page = open_page(path.as_uri(), color_scheme="dark")
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format=size, prefer_css_page_size=False))
    assert len(pages) == 2 * len(questions)
    heights = page.locator(".board").evaluate_all("boards => boards.map(board => board.offsetHeight)")
    assert len(heights) == 2 * len(questions) and min(heights) >= 60  # room to write
