"""labkit's package for lab 02, where the lab's own tests do not already show it."""

import sys

import pytest

from labkit import check, lab_02, real_model
from labkit.failure import CheckFailed
from labkit.lab_02.units import GIB, MIB, gemma, llama, probe, readable


@pytest.mark.parametrize(
    "num_bytes, text",
    [(0, "0 bytes"), (1023, "1,023 bytes"), (1024, "1 KiB"), (256 * MIB, "256 MiB"), (16_060_522_496, "14.96 GiB")],
)
def test_bytes_are_shown_in_the_largest_binary_unit_that_they_reach(num_bytes, text):
    assert readable(num_bytes) == text


def test_a_message_shows_a_call_as_the_cell_has_it_and_large_sizes_in_binary_units():
    call = check(lambda *_: 0, lab_02.USERS)
    assert str(call(24 * GIB, 256 * MIB, 1_000)) == "<lambda>(24 GiB, 256 MiB, 1_000)"
    assert str(call(2**60 - 1, 2**58)) == "<lambda>(1_152_921_504_606_846_975, 288_230_376_151_711_744)"
    call = check(lambda *_: 0, lab_02.TOKEN)
    assert str(call(probe, bytes_per_element=1)) == "<lambda>(probe, bytes_per_element=1)"
    assert str(call(llama.config)) == "<lambda>(llama.config)" and str(call(gemma)) == "<lambda>(lab_02.gemma)"


def test_a_list_that_an_answer_changes_is_whole_again_for_the_next_call():
    contexts = [5, 5]
    call = check(lambda free, contexts, one, size=16: len(contexts) and contexts.clear(), lab_02.REQUESTS)
    with pytest.raises(CheckFailed, match="changed the list in place"):
        call(100, contexts, 10).should_be(2)
    assert contexts == [5, 5]


def test_a_card_that_is_too_small_and_a_single_user_are_drawn_and_said(monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.setattr(plt, "show", lambda: None)
    card = lab_02.CardPlot(lambda config, context, size: context * size * 65_536, lambda g, w, s: max(0, (g - w) // s))
    assert card.draw(context=2_048, cache=2, card=12) == "the weights (14.96 GiB) do not fit."
    assert card.draw(context=8_192 * 4, cache=4, card=24) == "1 user of 8 GiB each, beside 14.96 GiB of weights."
    assert card.draw(context=256, cache=1, card=141) == "8,066 users of 16 MiB each, beside 14.96 GiB of weights."
    plt.close("all")


def test_the_hint_names_this_environment_and_the_libraries_only_where_they_are_missing(monkeypatch):
    monkeypatch.setattr(real_model, "LIBRARIES", ("numpy",))
    assert real_model.real_model_hint().splitlines()[1] == f"    {sys.executable} -m mini_vllm pull {real_model.MODEL}"
    monkeypatch.setattr(real_model, "LIBRARIES", ("numpy", "no_such_library"))
    install, pull = real_model.real_model_hint().splitlines()[1:3]
    assert install.startswith(f"    {sys.executable} -m pip install ") and "pull" in pull


def test_without_the_model_there_is_a_hint_and_no_engine(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("MINI_VLLM_CACHE", str(tmp_path))  # the model may be on this machine
    assert real_model.real_model(max_model_len=128) is None
    assert "run in a terminal" in capsys.readouterr().out
