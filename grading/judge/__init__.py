"""Runs the tests, in a process that no code of a student's is ever in.

job        what is asked of the judge, and what it answers, as plain JSON
needed     which of a lab's demonstration cells have to run for the cells that count
session    the student's process: runs cells, calls functions, and is started anew when it breaks
remote     the student's functions as the tests see them
notebook   a notebook's tests, run
server     the process that judges: one fork for each submission
"""
