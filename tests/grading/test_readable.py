"""What can be read as a notebook, although nbformat alone refuses it."""

import json

import pytest

from grading.steps.readable import notebook_of

CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
NOTEBOOK = {"cells": [CELL], "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize("more", [{}, {"metadata": None}, {"metadata": []}])
def test_a_notebook_without_metadata_of_its_own_is_read(more):
    """Every lab in such a file went without points."""
    nb = notebook_of(json.dumps(NOTEBOOK | more))
    assert [cell.source for cell in nb.cells] == ["1"] and nb.metadata == {}
