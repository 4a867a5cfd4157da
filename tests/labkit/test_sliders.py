"""Sliders: what a moved one draws, says and prints, without a widget that can cost a graded cell its reply."""

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from labkit.sliders import sliders


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def shown(monkeypatch):
    """What the cell displays."""
    displayed = []
    monkeypatch.setattr("IPython.display.display", displayed.append)
    return displayed


def draw(users):
    display({"image/png": f"picture{users}"}, raw=True)
    print(f"debugging <{users}>")
    if users == 3:
        raise NotImplementedError("three & more")
    return f"{users} of 9 are served"


def test_a_moved_slider_replaces_picture_sentence_and_what_was_printed(shell, shown):
    sliders(draw, users=((1, 2, 3), 1, str))
    [box] = shown
    slider, spoken, picture = box.children
    assert 'src="data:image/png;base64,picture1"' in picture.value and "debugging &lt;1&gt;" in picture.value
    assert "users 1: 1 of 9 are served" in spoken.value and "alert" not in spoken.value
    slider.value = 2
    assert 'base64,picture2" alt="2 of 9 are served"' in picture.value and "picture1" not in picture.value
    assert '<div role="alert">users 2: 2 of 9' in spoken.value


def test_a_value_that_fails_says_so_below_the_sliders_and_the_next_one_draws_again(shell, shown):
    sliders(draw, users=((1, 2, 3), 1, str))
    slider, spoken, picture = shown[0].children
    slider.value = 3
    assert picture.value == '<pre role="alert">NotImplementedError: three &amp; more</pre>'
    assert "1 of 9" not in spoken.value
    slider.value = 2
    assert "picture2" in picture.value and "NotImplementedError" not in picture.value


def test_a_first_value_that_fails_fails_the_cell(shell, shown):
    with pytest.raises(NotImplementedError, match="three"):
        sliders(draw, users=((1, 2, 3), 3, str))
    assert shown == []


def test_there_is_no_output_widget(shell, shown):
    """nbclient answers one on the socket where it waits for the cell's reply: one cell in a hundred never ended."""
    ipywidgets.Widget.close_all()
    sliders(draw, users=((1, 2, 3), 1, str))
    models = {widget["model_name"] for widget in ipywidgets.Widget.get_manager_state()["state"].values()}
    assert "SelectionSliderModel" in models and "OutputModel" not in models
