"""The whiteboard questions of a phase, to print: each on a page of its own, with its rubric on the next page.

command     python -m grading exam
questions   reads them from the labs' own cells
page        the HTML
"""
