"""labkit's package for lab 06, where the lab's own tests do not already show it."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit import CheckFailed, check, lab_06
from labkit.lab_06 import BLOCKS, PAIRS, memory_plot

matplotlib.use("agg")


def num_blocks(num_tokens, block_size):
    return -(-num_tokens // block_size)


def gather(blocks, block_ids, num_tokens):
    return blocks[block_ids].reshape(-1, *blocks.shape[2:])[:num_tokens]


def share(ref_counts, block_ids):
    return [count + block_ids.count(block) for block, count in enumerate(ref_counts)]


def release(ref_counts, block_ids):
    counts, freed = list(ref_counts), []
    for block_id in block_ids:
        counts[block_id] -= 1
        if counts[block_id] == 0:
            freed.append(block_id)
    return counts, freed


def test_a_message_shows_a_call_as_the_cell_has_it():
    call = check(lambda *_: 0, lab_06.FIT_PAGED)
    assert str(call([100] * 100, memory_tokens=8_192)) == "<lambda>([100] * 100, memory_tokens=8192)"
    call = check(lambda *_: 0, lab_06.GATHER)
    assert str(call(BLOCKS, [3, 1], 5)) == "<lambda>(BLOCKS, [3, 1], 5)"
    assert str(call(PAIRS, [0], 1)) == "<lambda>(PAIRS, [0], 1)"
    assert str(call(np.zeros((2, 2)), [0], 1)) == "<lambda>(blocks, [0], 1)"


def test_what_an_answer_changes_is_whole_again_for_the_next_call():
    def spoils(blocks, block_ids, num_tokens):
        blocks[:] = 0
        block_ids.clear()
        return blocks

    table = [3, 1, 5]
    with pytest.raises(CheckFailed, match="changed blocks in place"):
        check(spoils, lab_06.GATHER)(BLOCKS, table, 10).should_be([0])
    assert BLOCKS[3, 1] == 31 and table == [3, 1, 5]


@pytest.mark.parametrize("counts", [(1, 2), np.array([1, 2]), [np.int64(1), 2], np.array([1, 2], dtype=np.uint8)])
def test_any_list_of_whole_numbers_is_read(counts):
    check(lambda *_: counts, lab_06.SHARE)([0, 1], [0, 1]).should_be([1, 2])


def test_an_empty_list_of_freed_blocks_may_be_an_array_of_floats():
    """np.array([]) is one."""
    check(lambda *_: [[1], np.array([])], lab_06.RELEASE)([2], [0]).should_be(([1], []))


@pytest.mark.parametrize("counts", [[True, 2], [1.0, 2], "12", {1, 2}, np.array([[1, 2]])])
def test_what_is_no_list_of_whole_numbers_is_named(counts):
    with pytest.raises(CheckFailed, match="a list of whole numbers was expected"):
        check(lambda *_: counts, lab_06.SHARE)([0, 1], [0, 1]).should_be([1, 2])


def test_memory_is_printed_with_a_letter_a_token(capsys):
    lab_06.draw_memory({"A": [2, 0], "B": [1]}, {"A": 4, "B": 3}, num_blocks=4, block_size=3, per_line=2)
    assert capsys.readouterr().out == "  |A--|BBB|\n  |AAA|...|\n"


def test_the_slider_shows_what_each_block_size_wastes_and_ends_at_a_reservation(monkeypatch):
    """The largest block is a request of full length: as many requests fit as with a reservation each."""
    monkeypatch.setattr(plt, "show", lambda: None)
    said = {}

    def all_states(draw, block_size):
        said.update({size: draw(block_size=size) for size in block_size[0]})

    monkeypatch.setattr(memory_plot, "sliders", all_states)
    lab_06.block_size_slider(
        num_blocks,
        lambda position, table, size: table[position // size] * size + position % size,
        lambda lengths, memory, size: {1: 11, 2: 11, 4: 10, 8: 8, 16: 7, 32: 4}[size],
    )
    assert said[1] == "11 requests fit; 113 of 128 slots hold a token, 0 are held and unused."
    assert said[4].startswith("10 requests fit; 108 of 128 slots hold a token, 16 are")
    assert said[32] == "4 requests fit; 40 of 128 slots hold a token, 88 are held and unused."


def test_the_words_below_a_plot_follow_the_numbers(monkeypatch, capsys):
    monkeypatch.setattr(plt, "show", lambda: None)
    lab_06.plot_sharing(share, lambda counts, ids: (counts, []))
    assert "the counts do not rise to 3 and fall back to 0" in capsys.readouterr().out
    lab_06.plot_sharing(share, release)
    assert "counted up to 3" in capsys.readouterr().out
    lab_06.plot_block_sizes(lambda n, size: n * size, lambda *_: 8, lambda *_: 8)
    assert "the lines do not fall" in capsys.readouterr().out


def test_an_engine_with_a_wrong_gather_gives_other_tokens(capsys):
    """The comparison would be worth nothing if the student's functions were not in the engine's place."""
    lab_06.swap_parts(lambda blocks, ids, n: gather(blocks, sorted(ids), n), share, release)
    assert "identical tokens: False" in capsys.readouterr().out


def test_an_engine_whose_counts_lose_the_order_evicts_other_blocks(capsys):
    def backwards(counts, block_ids):
        counts, freed = release(counts, block_ids)
        return counts, freed[::-1]

    lab_06.swap_parts(gather, share, backwards)
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if "num_tokens_processed" in line]
    assert rows[0][1] != rows[0][2]
