"""What runs inside the sandbox, in the student's process. Nothing that it says is trusted.

    server    starts once for a submission, loads the libraries, and forks a process for each notebook
    notebook  runs the student's cells in order; forks a process for each test
    calls     answers the judge's calls of the student's functions

Started by the judge as `python server.py`, with no other module of `grading` than these and grading.wire.
"""
