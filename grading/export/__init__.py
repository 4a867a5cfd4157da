"""The grades of one assignment as CSV.

command    `python -m grading export`
table      the lines of the file
"""

from grading.export.command import add_arguments, run

__all__ = ["add_arguments", "run"]
