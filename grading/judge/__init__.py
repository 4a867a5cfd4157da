"""Runs the tests, in a process that no code of a student's is ever in.

job               what is asked of the judge, and what it answers
process           how to reach the process that judges
serve             that process: one fork for each submission
submission        in the fork: one notebook after the other, all that is visible before anything hidden
course            what is the course's own of a notebook: locked cells and tests, made ready once
names             the names that a cell reads, sets and imports
notebook          a notebook's tests, run
student_server    the student's process of a whole submission
student_notebook  a notebook in it: runs cells, answers tests, and starts anew when it breaks
remote            the student's functions as the tests see them
outputs           what cells show
clock             an end for tests that have none
"""
