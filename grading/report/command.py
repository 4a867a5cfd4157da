"""Write a page about a graded class, to look at.

The page shows what needs a person, how each exercise went and why answers are wrong, the points, and the times of
submission. It is one HTML file without scripts, for the screen and for print. It contains students' ids; with
--no-names it contains neither ids nor anything else that a student wrote, and can be shown to a class.

Examples:
  python -m grading report phase-00-foundations
  python -m grading report phase-00-foundations --no-names --to class.html

Exit status: 0 written; 2 not written.
"""

import argparse
import time
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from grading.course import load_config
from grading.report.gather import gather
from grading.report.page import render
from grading.steps.points import renew_penalties
from grading.whole_file import whole_file


def run(args: argparse.Namespace) -> int:
    """Write the page, and return the exit status."""
    started = time.monotonic()
    course = CourseDirectory(config=load_config(Path.cwd(), args.db), assignment_id=args.assignment)
    with Gradebook(course.db_url, course.course_id) as gradebook:
        renew_penalties(gradebook, args.assignment, course.config)
        facts = gather(gradebook, course, args.assignment, with_names=not args.no_names)
    target = Path(args.to or Path(course.root, f"report-{args.assignment}.html"))
    html = render(facts, datetime.now())
    with whole_file(target) as unfinished:
        unfinished.write_text(html, encoding="utf-8")
    print(f"{target}: {len(facts.points):,} graded, {time.monotonic() - started:.0f} s.")
    return 0
