"""Runs the tests, in a process that no code of a student's is ever in.

job       what is asked of the judge, and what it answers
process   the process that judges: one fork for each submission
course    what is the course's own of a notebook: locked cells and tests, made ready once
notebook  a notebook's tests, run: first all that is visible, then what is hidden
student   the student's process: runs cells, answers tests, and is started anew when it breaks
remote    the student's functions as the tests see them
clock     an end for tests that have none
"""
