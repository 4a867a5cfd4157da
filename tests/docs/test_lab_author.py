"""The example of docs/writing-a-lab.md, executed."""

import types

import pytest
from doc_pages import blocks

from labkit import CheckFailed, check

PAGE = "docs/writing-a-lab.md"
TEST_CELL, PACKAGE = (block.text for block in blocks(PAGE) if block.language == "python")
(MESSAGE,) = (block.text for block in blocks(PAGE) if "Likely cause: " in block.text)


def run_cell(answer) -> None:
    """Run the page's test cell on an answer. Raises: CheckFailed."""
    lab_09 = types.ModuleType("lab_09")
    exec(PACKAGE, vars(lab_09))
    answer.__name__ = "num_batches"
    exec(TEST_CELL, {"check": check, "lab_09": lab_09, "num_batches": answer})


def test_the_right_answer_passes(capsys):
    run_cell(lambda num_requests, batch_size: -(-num_requests // batch_size))
    assert capsys.readouterr().out == "num_batches counts every batch.\n"


def test_a_wrong_answer_gets_the_message_of_the_page():
    with pytest.raises(CheckFailed) as raised:
        run_cell(lambda num_requests, batch_size: num_requests // batch_size)
    assert str(raised.value) == MESSAGE.rstrip("\n")


def test_an_answer_to_the_visible_numbers_alone_fails_the_hidden_part():
    with pytest.raises(CheckFailed, match="wrong for other numbers of requests"):
        run_cell(lambda num_requests, batch_size: {10: 3, 8: 2}.get(num_requests))


def test_a_check_takes_ten_lines():
    assert len(TEST_CELL.splitlines()) == 10
