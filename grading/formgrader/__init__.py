"""The Formgrader, as this course lets an instructor's browser show what students hand in.

submission   the page of a submission: what of a notebook, and of the names around it, gets into nbgrader's template
extension    the server extension: nbgrader's, with escaped templates and a policy that forbids other scripts

nbgrader_config.py names the parts of the first; scripts/jupyter_files.py turns the second on.
"""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "grading.formgrader.extension"}]
