"""What a student gets to read: points, messages, comments, and nothing that a hidden test says of itself.

command    `python -m grading feedback`: nbgrader's own converter, on all processors
course     the graded submissions, and which of their pages are up to date
page       what nbgrader_config.py names: points from the gradebook into the notebook, the notebook into a page of HTML
conceal    takes the hidden tests out of sources and outputs
parts      what the page's template shows: the table's rows, the outputs of a cell
markup     text from a notebook made into HTML in which nothing can run
"""
