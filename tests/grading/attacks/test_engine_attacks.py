"""The attacks by the engine's code work where nothing refuses it; otherwise they would prove nothing."""

import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook

BY_THE_ENGINE = (
    "engine_loaded_under_another_name",
    "engine_loaded_while_it_is_tested",
    "engine_code_kept_aside",
    "names_engine_modules_as_provided",
)
CHECK = """
import numpy as np
scores = np.array([1.0, 2.0, 3.0])
np.testing.assert_allclose(softmax(scores), np.exp(scores) / np.exp(scores).sum())
"""


@pytest.mark.parametrize("name", BY_THE_ENGINE)
def test_the_engine_answers_where_nothing_refuses_it(name):
    """One called a function that had been renamed, and passed by its AttributeError."""
    from grade_attacks import SUBMISSIONS

    nb = new_notebook(cells=[new_code_cell("", id="softmax")])
    SUBMISSIONS[name].change(nb)
    source = next(cell.source for cell in nb.cells if cell.id == "softmax")
    run = subprocess.run([sys.executable, "-c", source + CHECK], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
