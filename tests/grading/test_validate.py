"""The Validate button says what grading will say; it runs `nbgrader validate`'s code and configuration."""

import nbformat
import pytest
from register import CLASS

SUCCESS = "Success! Your notebook passes all the tests."


@pytest.fixture(scope="module")
def said(course) -> dict[str, str]:
    """What Validate prints, by student: one run over both, since starting nbgrader takes long."""
    folder = course.root / "release"
    students = ("noisy", "skip_tags")
    for student in students:
        (nb,) = CLASS[student](course).values()
        nb.metadata.kernelspec = {"name": "not-installed", "display_name": "Mine", "language": "python"}
        nbformat.write(nb, folder / f"{student}.ipynb")
    run = course.nbgrader("validate", *(f"release/{student}.ipynb" for student in students))
    reports = run.stdout.split("Validating '")[1:]
    assert len(reports) == len(students), run.stdout
    return dict(zip(students, reports))


def test_noise_and_an_unknown_kernel_fail_no_test(said):
    assert SUCCESS in said["noisy"]


def test_skip_tags_hide_no_failure(said):
    assert "VALIDATION FAILED ON 1 CELL(S)" in said["skip_tags"]
