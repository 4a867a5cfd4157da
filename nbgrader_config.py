"""How nbgrader runs this course: read by the command line, the Formgrader and the Validate button.

Each line below exists because stock nbgrader 0.9.6 graded somebody wrongly without it; tests/grading
holds the case for each. Steps are named, not imported: Validate, on a student's machine, needs none of them.
"""

import os
import sysconfig

from nbgrader.converters import GenerateAssignment

c = get_config()  # noqa: F821 (nbgrader defines it while it reads this file)
c.CourseDirectory.course_id = "mini-vllm"

# nbgrader makes a new gradebook.db with the program `alembic`, which only an activated environment finds.
scripts = sysconfig.get_path("scripts")
if scripts not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])

# release/ is committed, gradebook.db is not. In a fresh clone stock would find release/ there, print
# "Skipping existing assignment" and leave the gradebook empty; autograde then knows no assignment.
c.GenerateAssignment.force = True

# Two authors of the same source get the same release, byte for byte.
c.GenerateAssignment.preprocessors = [
    "grading.steps.normalise.Normalise",
    *(f"{step.__module__}.{step.__name__}" for step in GenerateAssignment.preprocessors.default()),
]

# Cells that were renamed while submissions are on record would cost release/; see grading/steps/regenerate.py.
c.GenerateAssignment.exporter_class = "grading.steps.regenerate.CheckedSource"

# A submission is looked at before nbgrader opens any file of it; see grading/steps/entry.py.
c.Autograde.exporter_class = "grading.steps.entry.CheckedSubmissions"

# What a cell is gets read from the gradebook, not from the submission; see grading/steps/cells.py.
c.Autograde.sanitize_preprocessors = ["grading.steps.cells.CellsFromGradebook"]

# The tests run with a judge, where no code of the submission is, and that code runs in a sandbox; see
# docs/grading.md. Without a sandbox nothing is graded. nbgrader's own steps follow, but for the check of metadata
# that now comes from the gradebook.
c.Autograde.autograde_preprocessors = [
    "grading.steps.execute.JudgedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "grading.steps.points.SavePoints",
]

# A feedback page shows what a hidden test says, never what it is, and nothing that was handed in can run in it;
# see grading/feedback.
c.GenerateFeedback.preprocessors = ["grading.feedback.page.GradesWithState"]
c.GenerateFeedback.exporter_class = "grading.feedback.page.FeedbackPage"

# The Formgrader shows submissions in a page with the instructor's rights; see grading/formgrader.
c.HTMLExporter.preprocessors = ["grading.formgrader.submission.Harmless"]
c.HTMLExporter.filters = {name: f"grading.formgrader.submission.{name}" for name in ("markdown2html", "highlight_code")}

# The Formgrader would print the server's configuration on its first page, and with it the token that lets anybody in.
c.FormgradeExtension.debug = False

# Validate would take the kernel's name from the notebook, where an editor may have put one of its own.
c.Execute.kernel_name = "python3"

# The tag "skip-execution" would keep a cell from being run, and a test that isn't run is a test passed.
# Here no cell is skipped: the comma is the point, nbformat allows none in a tag.
c.Execute.skip_cells_with_tag = "none, ever"

# nbgrader gives 0 to a test that wrote anything to stderr, be it numpy's warning, a log line or a
# progress bar. Only an error may cost points, so the kernel sends stderr as ordinary output.
c.Execute.extra_arguments = ['--IPKernelApp.exec_lines=import sys; sys.stderr.name = "stdout"']
