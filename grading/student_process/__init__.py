"""What runs inside the sandbox, in the student's process. Nothing that it says is trusted.

start      the first process: loads the libraries, and forks a process for each notebook
forks      processes that wait until they are woken
cells      runs a notebook's cells in order; forks a process for each test
calls      answers the judge's calls of the student's functions
errors     the student's errors in words
engine     takes the engine's code away for the time of a test
libraries  what is loaded before anything else

Started by the judge as `python start.py`, with no other module of `grading` than these and grading.wire.
"""
