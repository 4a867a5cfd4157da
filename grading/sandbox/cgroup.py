"""One control group for each sandbox, where this account may make them: memory, tasks, an equal share of processors."""

import contextlib
import functools
import itertools
import os
import subprocess
import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
V2 = "all controllers"  # version 2 has one folder a group, version 1 one for each controller
# Moves itself into the groups whose files are named before "--", then becomes the program after it.
JOIN = ["/bin/sh", "-c", 'while [ "$1" != -- ]; do echo 0 >"$1" || exit; shift; done; shift; exec "$@"', "sh"]
OUTSIDE = 8  # tasks of bubblewrap's own, at most
_numbers = itertools.count()


class Cgroup:
    """Processes that the kernel bounds together. Errors: OSError, if the group cannot be made.

    memory_bytes: with files in memory, shared memory and the kernel's own for these processes.
    parents: see `parents`. With none there are no `folders`, and nothing is bounded.
    """

    def __init__(self, memory_bytes: int = 0, tasks: int = 0, parents: dict[str, Path] | None = None) -> None:
        name = f"grading-{os.getpid()}-{next(_numbers)}"
        self.folders = {controller: parent / name for controller, parent in (parents or {}).items()}
        if not self.folders:
            return
        try:
            for folder in self.folders.values():
                folder.mkdir()
            self._file("memory", "max", "limit_in_bytes").write_text(str(int(memory_bytes)))
            self._file("pids", "max", "max").write_text(str(int(tasks)))
        except OSError:
            self.remove()
            raise
        for controller, v2, v1, value in (
            ("memory", "swap.max", "memsw.limit_in_bytes", 0 if V2 in parents else memory_bytes),
            ("memory", "oom.group", "oom.group", 1),  # the whole sandbox ends, not one of its processes
            ("cpu", "weight", "shares", 100 if V2 in parents else 1024),
        ):
            with contextlib.suppress(OSError):  # no swap, no such file, or the controller is off
                self._file(controller, v2, v1).write_text(str(int(value)))

    def _file(self, controller: str, v2: str, v1: str) -> Path:
        if V2 in self.folders:
            return self.folders[V2] / f"{controller}.{v2}"
        return self.folders[controller] / f"{controller}.{v1}"

    @property
    def join(self) -> list[str]:
        """What to put before a command, so that it runs in this group."""
        files = [str(folder / "cgroup.procs") for folder in self.folders.values()]
        return [*JOIN, *files, "--"] if files else []

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel has ended a process of the group's for its memory."""
        with contextlib.suppress(OSError, KeyError):
            lines = self._file("memory", "events", "oom_control").read_text().splitlines()
            return any(line.startswith("oom_kill ") and line != "oom_kill 0" for line in lines)
        return False

    def remove(self) -> None:
        """Once all its processes have ended, which the kernel may take a moment to notice."""
        deadline = time.monotonic() + 1
        for folder in self.folders.values():
            while folder.exists() and time.monotonic() < deadline:
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.005)


def new(memory_bytes: int, tasks: int) -> Cgroup:
    """A group for one sandbox; an empty one, where this account may not make any. Errors: OSError, if it cannot now."""
    return Cgroup(memory_bytes, tasks + OUTSIDE, parents())


@functools.cache
def parents() -> dict[str, Path]:
    """Where groups can be made, by controller; empty if nowhere. Tried out once in a process; its forks know it."""
    try:
        found = _parents()
        for folder in found.values():
            _remove_leftovers(folder)
        group = Cgroup(2**24, 8, found)
        works = subprocess.run([*group.join, "/bin/true"], env={}, stderr=subprocess.DEVNULL).returncode == 0
        group.remove()
        return found if works else {}
    except (OSError, KeyError):
        return {}


def _parents() -> dict[str, Path]:
    own = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own |= dict.fromkeys(controllers.split(","), path.lstrip("/"))
    if not (ROOT / "cgroup.controllers").exists():
        return {name: ROOT / name / own[name] for name in ("memory", "pids", "cpu")}
    # A group that has processes cannot limit groups below it, so ours is made beside one of those around us.
    around = ROOT / own[""]
    for folder in (around, *around.parents):
        if folder == ROOT or {"memory", "pids"} <= {*(folder / "cgroup.subtree_control").read_text().split()}:
            break
    with contextlib.suppress(OSError):
        (folder / "cgroup.subtree_control").write_text("+cpu")
    return {V2: folder}


def _remove_leftovers(folder: Path) -> None:
    """Remove the groups of parents that were killed. The kernel keeps those that have processes."""
    for group in folder.glob("grading-*"):
        if not Path("/proc", group.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):
                group.rmdir()
