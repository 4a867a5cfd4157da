"""The grid of seats and steps, as the engine fills it: static batches above, continuous batching below."""

from collections.abc import Callable, Sequence
from typing import Any

from labkit.lab_07.plan import Plan
from labkit.lab_07.schedulers import StaticBatches
from labkit.lab_07.stream import Arrival, serve
from labkit.style import GREY, LIGHT, WIDTH, pyplot, show
from mini_vllm.core.scheduler import Scheduler

COLORS = ("#92c5de", "#f4a582", "#b8e186", "#fccde5", "#fee08b", "#c2a5cf")
Stay = tuple[int, str, int, int]  # seat, request id, first step, number of steps


def plot_seats(
    static_steps: Callable[..., Any],
    continuous_steps: Callable[..., Any],
    output_lens: Sequence[int] = (2, 9, 3, 8, 1, 7),
    seats: int = 2,
) -> None:
    """Serve these requests with the engine, both ways, and draw who sits where; print it with the student's counts."""
    plt = pyplot()
    arrivals = [Arrival(chr(ord("A") + i), 0.0, 1, length) for i, length in enumerate(output_lens)]
    ways = [
        ("static batches", StaticBatches, static_steps(list(output_lens), seats)),
        ("continuous batching", Scheduler, continuous_steps(list(output_lens), seats)),
    ]
    _, panels = plt.subplots(2, 1, figsize=(WIDTH, 3.9), sharex=True, layout="constrained")
    said = []
    for axes, (name, scheduler_cls, count) in zip(panels, ways):
        plans = serve(arrivals, scheduler_cls, max_num_seqs=seats).plans
        places, busy = len(plans) * seats, sum(len(plan) for plan in plans)
        title = f"{name}: {len(plans)} steps, {busy} of {places} places used ({busy / places:.1%})"
        _draw(axes, stays(plans), len(plans), seats)
        axes.set_title(title, loc="left", fontsize=12)
        agrees = "your count as well" if count == len(plans) else f"your count is {count}"
        said.append(f"{title}; {agrees}.\n{_as_text(stays(plans), len(plans), seats)}")
    panels[-1].set(xlabel="step", xticks=range(0, 25, 2))
    show("who sits where; a dot is a place that stays empty.\n" + "\n".join(said))


def stays(plans: Sequence[Plan]) -> list[Stay]:
    """Where each request sits, and when: a new one takes the lowest free seat."""
    seat_of: dict[str, int] = {}
    found: dict[str, Stay] = {}
    for step, plan in enumerate(plans):
        present = [request_id for request_id, _ in plan]
        seat_of = {request_id: seat for request_id, seat in seat_of.items() if request_id in present}
        for request_id in present:
            if request_id not in seat_of:
                seat_of[request_id] = min(set(range(len(present) + len(seat_of))) - set(seat_of.values()))
                found[request_id] = (seat_of[request_id], request_id, step, 0)
            seat, _, first, length = found[request_id]
            found[request_id] = (seat, request_id, first, length + 1)
    return list(found.values())


def _draw(axes: Any, all_stays: Sequence[Stay], steps: int, seats: int) -> None:
    axes.barh(range(seats), steps, height=0.8, color="white", edgecolor=LIGHT, hatch="///")
    for place, (seat, name, first, length) in enumerate(all_stays):
        axes.barh(seat, length, left=first, height=0.8, color=COLORS[place % len(COLORS)], edgecolor="black")
        axes.vlines(range(first + 1, first + length), seat - 0.4, seat + 0.4, color="white", linewidth=0.8)
        axes.text(first + length / 2, seat, name, ha="center", va="center", weight="bold")
    axes.axvline(steps, color=GREY, linewidth=2)
    axes.set(yticks=range(seats), yticklabels=[f"seat {seat + 1}" for seat in range(seats)], ylim=(seats - 0.5, -0.5))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _as_text(all_stays: Sequence[Stay], steps: int, seats: int) -> str:
    rows = [["."] * steps for _ in range(seats)]
    for seat, name, first, length in all_stays:
        rows[seat][first : first + length] = name * length
    return "\n".join(f"  seat {seat + 1}: {''.join(row)}" for seat, row in enumerate(rows))
