"""What lab 01's own cells do not show of labkit.lab_01."""

from labkit.lab_01 import stepper
from labkit.lab_01.stepper import Stepper


def generate(model, prompt_ids, new_tokens, cache):
    """Passes what a generation passes; which tokens it chooses does not matter here."""
    tokens = []
    if cache is not None:
        model.forward(prompt_ids, cache)
    for number in range(new_tokens):
        model.forward([number] if cache is not None else prompt_ids + tokens, cache)
        tokens.append(number)


def test_the_slider_says_where_a_generation_without_a_cache_has_no_such_step(monkeypatch):
    import matplotlib.pyplot as plt

    shown, draws = [], []
    monkeypatch.setattr(
        plt, "show", lambda: shown.extend(text.get_text() for axes in plt.gcf().axes for text in axes.texts)
    )
    monkeypatch.setattr(stepper, "sliders", lambda draw, **choices: draws.append(draw))
    both = Stepper(
        lambda model, ids, new_tokens: generate(model, ids, new_tokens, None),
        lambda model, ids, new_tokens: generate(model, ids, new_tokens, model.new_cache()),
    )
    both.slider()
    (draw,) = draws
    assert draw(2) == "rows of K and V: without a cache 4 computed, 0 reused; with a cache 1 computed, 3 reused"
    assert shown == []
    said = draw(6)
    assert "step 6 feeds the last token; without a cache there is no such step; with a cache 1 computed" in said
    assert shown == ["no step 6"]
