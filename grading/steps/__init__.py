"""The steps that nbgrader_config.py names, in the order in which a submission comes to them.

entry      before nbgrader opens a file: only bounded regular files come in
cells      what a submission's cells are, read from the gradebook
whiteboard written answers, brought to the person who grades them wherever they stand; handout: what was handed out
execute    in place of nbgrader's Execute: the judge's verdict
points     points, comments and penalties into the gradebook, at once
normalise  for a release: what depends on its author is left out
"""
