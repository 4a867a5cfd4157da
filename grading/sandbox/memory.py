"""Ends a sandbox whose processes use too much memory together; a limit for each of them does not bound the sum."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY_S = 0.2


class MemoryWatch:
    """Looks at a process and all that it started, until stopped.

    pid: the sandbox's first process. most: bytes of memory of their own, all together. too_much: called once, if so.
    """

    def __init__(self, pid: int, most: int, too_much: Callable[[], None]) -> None:
        self._pid, self._most, self._too_much = pid, most, too_much
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(EVERY_S):
            # The quick sum counts what forked processes share once for each, so it is only the first look.
            is_too_much = used(self._pid, own_pages) > self._most and used(self._pid, fair_share) > self._most
            if is_too_much and not self._stopped.is_set():
                self._too_much()
                return


def used(pid: int, measure: Callable[[Path], int]) -> int:
    """The sum over a process and its descendants, in bytes. measure: for one of them, by its folder in /proc."""
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


def own_pages(process: Path) -> int:
    """What is no file's, in bytes."""
    _, resident, shared, *_ = (process / "statm").read_text().split()
    return (int(resident) - int(shared)) * PAGE


def fair_share(process: Path) -> int:
    """As `own_pages`, but of what several processes share only its part; where that is not told, all of it."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except PermissionError:
        return own_pages(process)
    parts = dict(line.split(":") for line in lines if ":" in line and "-" not in line)
    kilobytes = [int(parts[name].split()[0]) for name in ("Pss_Anon", "Pss_Shmem") if name in parts]
    return sum(kilobytes) * 1024 if kilobytes else own_pages(process)
