"""What can be read as a notebook, although nbformat alone refuses it."""

import json

import pytest

from grading.steps.readable import notebook_of, why_unreadable

CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
NOTEBOOK = {"cells": [CELL], "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize("more", [{}, {"metadata": None}, {"metadata": []}])
def test_a_notebook_without_metadata_of_its_own_is_read(more):
    """Every lab in such a file went without points."""
    nb = notebook_of(json.dumps(NOTEBOOK | more))
    assert [cell.source for cell in nb.cells] == ["1"] and nb.metadata == {}


def test_a_notebook_behind_a_byte_order_mark_is_read_by_nbgraders_own_command(tmp_path):
    """It opens files as UTF-8 without the mark's removal; the whole submission was dropped, and not by ours."""
    path = tmp_path / "lab.ipynb"
    path.write_text(json.dumps(NOTEBOOK | {"metadata": {}}), encoding="utf-8-sig")
    assert not why_unreadable(path.read_bytes())
    with path.open(encoding="utf-8") as file:
        assert [cell.source for cell in notebook_of(file.read()).cells] == ["1"]
