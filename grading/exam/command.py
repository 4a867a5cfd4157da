"""Print a phase's whiteboard questions: a page for each, and its rubric with a model answer on the next page.

The questions, rubrics and model answers are those of the labs in source/. The result is one HTML file; print it from a
browser. On both sides of the paper each question has its rubric on the back; the odd pages alone are the students'.

Examples:
  python -m grading exam phase-00-foundations
  python -m grading exam phase-01-engine --to oral.html

Exit status: 0 written; 2 not written.
"""

import argparse
from pathlib import Path

from grading.course import load_config
from grading.exam.page import render
from grading.exam.questions import questions_of, title_of
from grading.whole_file import whole_file


def run(args: argparse.Namespace) -> int:
    """Write the pages, and return the exit status."""
    root = Path.cwd()
    load_config(root, None)  # an error says that this is not a course
    phase = root / "source" / args.assignment
    questions = questions_of(phase)
    target = Path(args.to or root / f"exam-{args.assignment}.html")
    with whole_file(target) as unfinished:
        unfinished.write_text(render(title_of(phase), questions), encoding="utf-8")
    print(f"{target}: {2 * len(questions)} pages: {len(questions)} question(s), each with its rubric on the next page.")
    return 0
