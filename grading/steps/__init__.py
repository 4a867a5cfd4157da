"""The steps that nbgrader_config.py adds to nbgrader's own.

entry      before anything else: only bounded regular files go on
cells      what a submission's cells are, read from the gradebook
execute    in place of nbgrader's Execute: the judge's verdict
normalise  for a release: what depends on its author is left out
"""
