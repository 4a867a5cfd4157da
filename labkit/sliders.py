"""A drawing with sliders; where there are none, the drawing with their first values."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from labkit.advice import advice

# ipywidgets cuts a readout at 72 px and keeps everything in one line; "131,072 tokens" is wider, a phone narrower.
# Readouts of one width, up to 9 em, leave sliders of one length.
STYLE = """<style>
.labkit-sliders .widget-hslider { height: auto; flex-wrap: wrap; }
.labkit-sliders .slider-container { flex: 1 1 9em; }
.labkit-sliders .widget-readout {
  flex: none; min-width: 9em; max-width: none; overflow: visible; text-align: left;
}
.labkit-sliders img { max-width: 100%; height: auto; }
</style>"""


def sliders(draw: Callable[..., str], **choices: tuple[Sequence[Any], Any, Callable[[Any], str]]) -> None:
    """Show `draw(**values)`, with one slider for each of its arguments.

    draw:    draws with matplotlib and returns a sentence about what it has drawn.
    choices: argument -> (values, first value, label of a value such as "24 GiB").

    A screen reader announces a slider by the position of its value only. So the sentence stands below the sliders, with
    the values' labels, and is announced when a slider has moved. ipywidgets puts a new element in the place of the old
    one: of the live regions, only an alert is announced when it is inserted.

    The picture is HTML and no Output widget: nbclient, and so nbgrader, answers an Output widget on the socket where it
    waits for the cell's reply, may miss the reply then, and waits for it until the cell's time is over.
    """
    try:
        import ipywidgets
    except ImportError:
        print(draw(**{name: first for name, (_, first, _) in choices.items()}))
        print("Sliders need ipywidgets: pip install ipywidgets, then restart the kernel.")
        return
    from IPython.display import display
    from IPython.utils.capture import capture_output

    widest = round(0.55 * max(map(len, choices)) + 0.5, 1)
    controls = {
        name: ipywidgets.SelectionSlider(
            options=[(label(value), value) for value in values],
            value=first,
            description=name.replace("_", " "),
            continuous_update=False,
            style={"description_width": f"{widest}em"},
            layout={"width": "30em", "max_width": "100%"},
        )
        for name, (values, first, label) in choices.items()
    }
    spoken, picture = ipywidgets.HTML(), ipywidgets.HTML()

    def redraw() -> None:
        values = {name: control.value for name, control in controls.items()}
        state = ", ".join(_named(name.replace("_", " "), choices[name][2](value)) for name, value in values.items())
        role = ' role="alert"' if spoken.value else ""  # the first sentence is read with the page
        with capture_output() as captured:
            said = draw(**values)
        spoken.value = f"{STYLE}<div{role}>{escape(f'{state}: {said}')}</div>"
        picture.value = _as_html(captured, alt=said)

    def moved(_change: object) -> None:
        try:
            redraw()
        except Exception as error:  # Jupyter writes what a slider raises into a log, and not into the notebook
            shown = advice(error) or error
            spoken.value = STYLE
            picture.value = f'<pre role="alert">{escape(f"{type(shown).__name__}: {shown}")}</pre>'

    redraw()
    for control in controls.values():
        control.observe(moved, "value")
    box = ipywidgets.VBox([*controls.values(), spoken, picture])
    box.add_class("labkit-sliders")
    display(box)


def _as_html(captured: Any, alt: str) -> str:
    """The pictures that were shown, and below them what was printed."""
    images = [output.data["image/png"] for output in captured.outputs if "image/png" in output.data]
    html = [f'<img src="data:image/png;base64,{image.strip()}" alt="{escape(alt)}">' for image in images]
    return "".join(html) + (f"<pre>{escape(captured.stdout)}</pre>" if captured.stdout else "")


def _named(name: str, label: str) -> str:
    """ "context 2,048 tokens", but "156 users" and not "users 156 users"."""
    return label if name.rstrip("s") in label else f"{name} {label}"


def plain(value: Any) -> str:
    """The label of a number without a unit."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
