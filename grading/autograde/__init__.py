"""`python -m grading autograde`: a class graded in parallel, into nbgrader's own gradebook.

command      the command line, the progress bar
submissions  which submissions there are, and which still have to be graded
record       one submission: made into a job, and its verdict put on record by nbgrader's own Autograde
grade        a class on its way: prepared, judged side by side, put on record
pool         judges on this machine
cluster      judges on a Dask cluster
report       the table at the end
"""

import sys

# nbformat loads jsonschema, and that a grammar of URIs which takes a second to build. No notebook holds a URI to check.
sys.modules.setdefault("rfc3987_syntax", None)
