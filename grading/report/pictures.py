"""Pictures of points, as SVG whose colours are the page's, each with a sentence and a table that say the same."""

import io
import math
import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# matplotlib draws in these, and the page's style sheet has the colours that stand for them, in the light and the dark.
COLOURS = {"#010101": "currentColor", "#020202": "var(--right)", "#030303": "var(--line)", "#040404": "var(--wrong)"}
INK, BAR, LINE, MARK = COLOURS
WIDTHS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500)  # of a bar, in points
MOST_BARS = 13
FARTHEST = timedelta(days=14)  # from the due date; what is farther away is drawn at the edge
DAY = timedelta(days=1)
EVER = 100_000 * DAY
BEFORE = (
    ("more than 3 days before", -EVER, -3 * DAY),
    ("1 to 3 days before", -3 * DAY, -DAY),
    ("in the last 24 hours", -DAY, 0 * DAY),
)
AFTER = (("up to 1 day late", 0 * DAY, DAY), ("more than 1 day late", DAY, EVER))


@dataclass(frozen=True)
class Picture:
    """svg: None where there is too little to draw. sentence: what it shows. heading, rows: the same as a table."""

    sentence: str
    svg: Markup | None = None
    heading: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def histogram(title: str, points: list[float], most: float) -> Picture:
    """How many submissions have how many points. title: unique in the page."""
    if not points:
        return Picture("No submission is graded.")
    middle = statistics.median(points)
    if min(points) == max(points):
        whose = "The only submission has" if len(points) == 1 else f"All {len(points):,} submissions have"
        return Picture(f"{whose} {number(middle)} of {number(most)} points.")
    width = next((width for width in WIDTHS if most <= width * MOST_BARS), most / MOST_BARS)
    bars = math.ceil(most / width - 1e-9)
    counts = [0] * bars
    for each in points:
        counts[min(bars - 1, max(0, int(each / width + 1e-9)))] += 1
    starts = [bar * width for bar in range(bars)]

    def draw(axes: "Axes") -> None:
        axes.bar(starts, counts, width=width * 0.9, align="edge", color=BAR)
        _mark(axes, middle, "median")
        axes.set(xlabel="points", ylabel="submissions", xlim=(-width * 0.1, bars * width), ylim=(0, max(counts) * 1.05))
        axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)

    names = [f"{number(start)} to under {number(start + width)}" for start in starts[:-1]]
    rows = zip([*names, f"{number(starts[-1])} or more"], map("{:,}".format, counts))
    sentence = (
        f"{len(points):,} submissions, median {number(middle)} of {number(most)} points, "
        f"lowest {number(min(points))}, highest {number(max(points))}."
    )
    return Picture(sentence, _svg(draw, title, (4.0, 2.1)), ("Points", "Submissions"), tuple(rows))


def times(title: str, times: list[tuple[datetime, float]], due: datetime | None, most: float) -> Picture:
    """Time of submission against points, from the due date or, without one, from the last submission.

    times: with points; like due in UTC. title: unique in the page.
    """
    if len(times) < 2:
        return Picture("Fewer than two submissions have a time, so there is nothing to compare.")
    origin, periods = (due, BEFORE + AFTER) if due else (max(times)[0], BEFORE)
    since = [(handed_in - origin, points) for handed_in, points in times]
    near = [(min(max(after, -FARTHEST), FARTHEST) / DAY, points) for after, points in since]
    # Neighbours that would cover each other are drawn once, to keep the file of a class of thousands small.
    places = sorted({(round(days, 2), round(points)) for days, points in near})

    def draw(axes: "Axes") -> None:
        if due:
            _mark(axes, 0, "due")
        axes.scatter(*zip(*places), s=16, color=BAR, alpha=0.75, linewidths=0)
        event = "and after the due date" if due else "the last submission"
        axes.set(xlabel=f"days before {event}", ylabel="points", ylim=(-most * 0.03, most * 1.03))

    rows = []
    for name, start, end in periods:
        found = [points for after, points in since if start < after <= end]
        rows.append((name, f"{len(found):,}", number(statistics.median(found)) if found else "–"))
    sentence = f"{len(since):,} submissions have a time"
    if due:
        sentence += f"; {sum(after > 0 * DAY for after, _ in since):,} of them came after the due date"
    if num_far := sum(abs(after) > FARTHEST for after, _ in since):
        sentence += f". {num_far:,} are more than {FARTHEST.days} days away and drawn at the edge"
    svg = _svg(draw, title, (5.0, 2.8))
    return Picture(f"{sentence}.", svg, ("Handed in", "Submissions", "Median points"), tuple(rows))


def _mark(axes: "Axes", place: float, label: str) -> None:
    axes.axvline(place, color=MARK, linestyle="--", linewidth=1.2)
    above = {"xycoords": ("data", "axes fraction"), "xytext": (0, 3), "textcoords": "offset points"}
    axes.annotate(label, (place, 1), ha="center", color=MARK, **above)


def number(value: float) -> str:
    """3, 2.5, 0.33: no more than two digits behind the point."""
    return f"{round(value, 2):.12g}"


def _svg(draw: Callable[["Axes"], None], title: str, inches: tuple[float, float]) -> Markup:
    """An <svg> that grows with its place, and holds no id of another picture and no address of anything elsewhere."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style = {"font.size": 9, "svg.fonttype": "none", "svg.hashsalt": title, "axes.facecolor": "none"}
    style |= dict.fromkeys(("axes.spines.top", "axes.spines.right"), False)
    style |= dict.fromkeys(("axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"), INK)
    style |= dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), LINE)
    with matplotlib.rc_context(style):
        figure = Figure(inches, layout="constrained", facecolor="none")
        draw(figure.subplots())
        drawn = io.StringIO()
        FigureCanvasSVG(figure).print_svg(drawn, metadata={"Date": None})
    view, body = re.search(r'<svg [^>]*(viewBox="[^"]*")[^>]*>(.*)', drawn.getvalue(), re.DOTALL).groups()
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r' id="(figure|axes|patch|line2d|text|matplotlib|xtick|ytick|PathCollection)[^"]*"', "", body)
    for drawn_in, shown_in in COLOURS.items():
        body = body.replace(drawn_in, shown_in)
    return Markup('<svg {} role="img" aria-label="{}">{}').format(Markup(view), title, Markup(body))
