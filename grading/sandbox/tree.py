"""What a process and all that it has started use, told by /proc."""

import os
from collections.abc import Callable
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def used(pid: int, measure: Callable[[Path], float]) -> float:
    """The sum over a process and its descendants. measure: for one of them, by its folder in /proc."""
    total, pids = 0, [pid]
    while pids:
        process = Path("/proc", str(pids.pop()))
        try:
            total += measure(process)
            for thread in os.listdir(process / "task"):
                pids += (process / "task" / thread / "children").read_text().split()
        except (OSError, ValueError):  # it has just ended, or this system does not say
            continue
    return total


def processor_seconds(process: Path) -> float:
    """Its processor time, with that of its children which have ended."""
    _, _, fields = (process / "stat").read_text().rpartition(")")  # in front of it stands a name, which may hold blanks
    return sum(map(int, fields.split()[11:15])) / TICKS_A_SECOND
