"""The grades of one assignment as CSV.

command    `python -m grading export`
table      the lines of the file
read       what the gradebook says, read by nbgrader's own model of it
"""

from grading.export.command import add_arguments, run

__all__ = ["add_arguments", "run"]
