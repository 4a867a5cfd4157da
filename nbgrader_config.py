"""How nbgrader runs this course: read by the command line, the Formgrader and the Validate button.

Each line below exists because stock nbgrader 0.9.6 graded somebody wrongly without it; tests/grading
holds the case for each. Steps are named, not imported: Validate, on a student's machine, needs none of them.
"""

import os
import sysconfig

from nbgrader.converters import Autograde, GenerateAssignment


def steps(*first, nbgraders):
    """Steps of this course, then nbgrader's own, whatever they are in the installed version."""
    return [*first, *(f"{step.__module__}.{step.__name__}" for step in nbgraders.default())]


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
c.GenerateAssignment.preprocessors = steps(
    "grading.steps.normalise.Normalise", nbgraders=GenerateAssignment.preprocessors
)

# What a cell is gets read from the gradebook, not from the submission; see grading/steps/cells.py.
c.Autograde.sanitize_preprocessors = steps(
    "grading.steps.cells.CellsFromGradebook", nbgraders=Autograde.sanitize_preprocessors
)

# The tests run with a judge, where no code of the submission is, and that code runs in a sandbox; see
# docs/grading.md. Without a sandbox nothing is graded.
c.Autograde.autograde_preprocessors = [
    "grading.steps.execute.JudgedExecute" if step.endswith(".Execute") else step
    for step in steps(nbgraders=Autograde.autograde_preprocessors)
]


# Files are copied from submitted/ on, links followed and devices read; see grading/steps/entry.py. The hook is
# imported when it is called: Validate, on a student's machine, has no need of it.
def set_aside(**submission):
    from grading.steps.entry import set_aside

    set_aside(**submission)


c.Autograde.pre_convert_hook = set_aside

# A feedback page shows what a hidden test says, never what it is, and nothing that was handed in can run in it;
# see grading/feedback.
c.GenerateFeedback.preprocessors = ["grading.feedback.grades.GradesWithState"]
c.GenerateFeedback.exporter_class = "grading.feedback.page.FeedbackPage"

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
