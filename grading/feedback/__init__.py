"""What a student gets to read: points, messages, comments, and nothing that a hidden test says of itself.

nbgrader_config.py names the two parts that nbgrader needs: ``grades.GradesWithState`` and ``page.FeedbackPage``.

command    `python -m grading feedback`: nbgrader's own converter, on all processors
page       the exporter: a notebook in, a page of HTML out
conceal    takes the hidden tests out of sources and outputs
parts      what the page's template shows: the table's rows, the outputs of a cell
markup     text from a notebook made into HTML in which nothing can run
grades     points from the gradebook, and which of them a person has still to give
"""

from grading.feedback.command import add_arguments, run

__all__ = ["add_arguments", "run"]
