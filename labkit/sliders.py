"""A drawing with sliders; where there are none, the drawing with their first values."""

from collections.abc import Callable, Sequence
from typing import Any


def sliders(draw: Callable[..., str], **choices: tuple[Sequence[Any], Any, Callable[[Any], str]]) -> None:
    """Show `draw(**values)`, with one slider for each of its arguments.

    draw:    draws with matplotlib and returns a sentence about what it has drawn.
    choices: argument -> (values, first value, label of a value such as "24 GiB").

    The sentence also stands in a live region, which a screen reader reads out when a slider has moved: a slider
    itself is announced by the position of its value only.
    """
    try:
        import ipywidgets
    except ImportError:
        print(draw(**{name: first for name, (_, first, _) in choices.items()}))
        print("Sliders need ipywidgets: pip install ipywidgets, then restart the kernel.")
        return
    from IPython.display import display

    controls = {
        name: ipywidgets.SelectionSlider(
            options=[(label(value), value) for value in values],
            value=first,
            description=name.replace("_", " "),
            continuous_update=False,
            style={"description_width": "initial"},
            layout={"width": "26em", "max_width": "100%"},
        )
        for name, (values, first, label) in choices.items()
    }
    spoken = ipywidgets.HTML()

    def redraw(**values: Any) -> None:
        state = ", ".join(f"{name.replace('_', ' ')} {choices[name][2](value)}" for name, value in values.items())
        spoken.value = f'<div role="status" aria-live="polite">{state}: {draw(**values)}</div>'

    picture = ipywidgets.interactive_output(redraw, controls)
    display(ipywidgets.VBox([*controls.values(), spoken, picture]))


def plain(value: Any) -> str:
    """The label of a number without a unit."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
