"""The exam's pages, as one file of HTML for print: each question on a sheet, with its rubric on the back."""

from pathlib import Path

from grading import standalone
from grading.exam.questions import Question
from grading.feedback.markup import markdown

TEMPLATES = Path(__file__).parent / "templates"


def render(title: str, questions: list[Question]) -> str:
    """The file. title: the phase's."""
    return standalone.render(TEMPLATES, "exam", filters={"markdown": markdown}, title=title, questions=questions)
