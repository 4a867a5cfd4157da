"""`python -m grading autograde`: a class graded in parallel, into nbgrader's own gradebook.

command      the command line, the progress bar
submissions  which submissions there are, and which still have to be graded
record       one submission: made into a job, and its verdict put on record by nbgrader's own Autograde
pool         judges side by side, here or on a Dask cluster
report       the table at the end
"""
