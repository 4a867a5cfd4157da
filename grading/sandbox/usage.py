"""What a process and all its descendants use, read from /proc, and a watch that notices when it is too much."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

EVERY_S = 0.2
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class MemoryWatch:
    """Watches the memory of a process and its descendants until stopped; used where no control group bounds them.

    pid: the sandbox's first process. most: bytes that belong to no file, all together. too_much: called once, if so.
    """

    def __init__(self, pid: int, most: int, too_much: Callable[[], None]) -> None:
        self._pid, self._most, self._too_much = pid, most, too_much
        self._stopped = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(EVERY_S):
            # The quick sum counts what processes share once for each of them, so it is only the first look.
            is_too_much = used(self._pid, resident) > self._most and used(self._pid, fair_share) > self._most
            if is_too_much and not self._stopped.is_set():
                self._too_much()
                return


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


def resident(process: Path) -> int:
    """Its own memory and what it shares with others, in bytes; the same pages in two processes count twice."""
    return _sum(process / "status", "RssAnon:", "RssShmem:")


def fair_share(process: Path) -> int:
    """As `resident`, but of what several processes share only its part; where that is not told, all of it."""
    try:
        return _sum(process / "smaps_rollup", "Pss_Anon:", "Pss_Shmem:")
    except PermissionError:
        return resident(process)


def _sum(file: Path, *names: str) -> int:
    lines = [line.split() for line in file.read_text().splitlines()]
    return sum(int(line[1]) * 1024 for line in lines if line[0] in names)
