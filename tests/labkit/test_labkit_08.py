"""The instruments of lab 08: reading hashes, the caches with bugs, the hasher's seam, the pictures."""

import matplotlib
import matplotlib.pyplot as plt
import pytest

from labkit import CheckFailed, check, lab_08
from labkit.lab_08 import engine as lab_engine
from labkit.lab_08.revealing import MAX_PROMPTS

matplotlib.use("agg")


def beginnings(token_ids, block_size):
    return [tuple(token_ids[:end]) for end in range(block_size, len(token_ids) + 1, block_size)]


def cached_tokens(prompts, name, block_size=4):
    cache = lab_08.caches(block_size)[name]
    return [cache.serve(prompt) for prompt in prompts]


def test_one_cache_is_right_and_the_others_have_a_bug_each():
    a, b = [1] * 4, [2] * 4
    assert [cached_tokens([a + b, a + b], name) for name in "abc"] == [[0, 8], [0, 4], [0, 4]]
    assert [cached_tokens([a + b, b + [3]], name) for name in "abc"] == [[0, 0], [0, 0], [0, 4]]


@pytest.mark.parametrize("block_size", [1, 4, 32])
def test_a_cache_has_room_for_all_prompts_that_a_test_takes(block_size):
    prompts = [[number] * 200 for number in range(MAX_PROMPTS)]
    assert sum(cached_tokens(prompts, "b", block_size)) == 0
    cache = lab_08.caches(block_size)["b"]
    assert [cache.serve(prompt) for prompt in prompts * 2][MAX_PROMPTS:] == [199 // block_size * block_size] * 10


def test_the_tests_prompts_are_served_by_empty_caches_whatever_an_answer_has_served():
    def asks_first(cache):
        for _ in range(3):
            cache.serve([1] * 4)
        return [[1] * 4, [1] * 4]

    check(asks_first, lab_08.REVEALING)(lab_08.caches(4)["a"]).should_reveal("a")


def test_any_prompts_will_do_for_the_right_cache_but_they_must_be_prompts():
    right = lab_08.caches(4)["b"]
    check(lambda cache: [], lab_08.REVEALING)(right).should_reveal("b")
    with pytest.raises(CheckFailed, match="a list of prompts was expected"):
        check(lambda cache: 3, lab_08.REVEALING)(right).should_reveal("b")


def test_a_hasher_is_asked_only_when_a_block_has_become_full():
    asked = []

    def counted(token_ids, block_size):
        asked.append(len(token_ids))
        return beginnings(token_ids, block_size)

    llm = lab_engine.engine(block_hasher=lab_engine.hasher_of(counted, lab_engine.BLOCK_SIZE))
    llm.generate([[7, 8, 9, 10, 11, 12]], lab_engine.greedy(9), use_tqdm=False)
    assert asked == [6, 8, 12]


def test_hashes_that_find_less_than_the_engines_are_told_by_the_counter():
    calls = []

    def forgetful(token_ids, block_size):
        calls.append(token_ids)
        return [(len(calls), hashed) for hashed in beginnings(token_ids, block_size)]

    with pytest.raises(CheckFailed, match=r"prefix_cache_hits|num_\w+ is [\d,]+, expected") as failure:
        lab_08.compare_with_engine(check(forgetful, lab_08.BLOCK_HASHES))
    assert "equal blocks got different hashes" in str(failure.value)


def test_known_hashes_are_those_of_the_prompts_but_for_the_missing_one():
    known = lab_08.known_hashes(beginnings)
    assert known([1, 2, 3, 4, 5], [1, 2, 9, 9], missing=2).hashes(2) == {(1, 2), (1, 2, 9, 9)}
    assert known().hashes(2) == set()


def test_known_hashes_are_named_by_their_prompts():
    known = lab_08.known_hashes(beginnings)
    search = check(lambda *args: 0, lab_08.CACHED_TOKENS)
    call = search([5], known([1, 2], [3], missing=1), block_size=2)
    assert str(call) == "<lambda>([5], <hashes of [1, 2] and [3] without block 1>, block_size=2)"
    assert str(search([5], known(), block_size=2)) == "<lambda>([5], set(), block_size=2)"


def test_hashes_that_cannot_be_made_are_block_hashes_doing():
    search = check(lambda *args: 0, lab_08.CACHED_TOKENS)
    with pytest.raises(CheckFailed, match=r"^broken\(\[1, 2\], 2\) raised ZeroDivisionError"):
        search([5], lab_08.known_hashes(broken)([1, 2]), 2).should_be(0)


def broken(token_ids, block_size):
    return 1 // 0


def drawn_by(monkeypatch, draw):
    figures = []
    monkeypatch.setattr(plt, "show", lambda: figures.append(plt.gcf()))
    draw()
    figures[-1].canvas.draw()
    return figures[-1]


def test_the_tree_draws_one_box_for_a_shared_block(monkeypatch, capsys):
    chats = lab_08.read_chats()
    figure = drawn_by(monkeypatch, lambda: lab_08.plot_tree(chats, beginnings, block_size=8))
    assert len(figure.axes[0].patches) == 7
    drawn_by(
        monkeypatch,
        lambda: lab_08.plot_tree(chats, lambda ids, size: [b[-size:] for b in beginnings(ids, size)], block_size=8),
    )
    assert "13 full blocks are served, and 6 are stored" in capsys.readouterr().out


@pytest.mark.parametrize("values", [(2, 20, 256), (50, 500, 1), (10, 100, 16), (5, 20, 16)])
def test_the_two_labels_of_the_turns_do_not_overlap_at_the_ends_of_the_sliders(monkeypatch, values):
    def tokens_computed(lens, size):
        found = [min(a, b - 1) // size * size for a, b in zip(lens, lens[1:])]
        return sum(lens), sum(lens) - sum(found)

    figure = drawn_by(monkeypatch, lambda: lab_08.TurnsPlot(tokens_computed)._draw(*values))
    boxes = [text.get_window_extent().padded(-1) for text in figure.axes[0].texts]  # they may touch
    assert len(boxes) == 2 and not boxes[0].overlaps(boxes[1])
    assert all(figure.bbox.y0 <= box.y0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1 for box in boxes)
    assert min(box.y0 for box in boxes) >= figure.axes[0].bbox.y0 - 8  # not on the axis' numbers


def test_a_tree_of_small_blocks_has_no_texts_that_overlap(monkeypatch):
    chats = lab_08.read_chats()
    figure = drawn_by(monkeypatch, lambda: lab_08.plot_tree(chats, beginnings, block_size=4))
    boxes = [text.get_window_extent().padded(-1) for text in figure.axes[0].texts if text.get_text()]
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])


def test_the_queue_names_every_block_and_its_first_and_last(monkeypatch, capsys):
    figure = drawn_by(
        monkeypatch, lambda: lab_08.plot_queue(lambda freed, hits: sum(freed, []), [[1, 2], [3]], hits=[])
    )
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert shown.count("1") == 3 and "evicted first" in shown and "evicted last" in shown
