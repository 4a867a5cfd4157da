"""A server that, in place of the course's own, looks around in the sandbox and tells what it sees. Runs inside.

It stands for a student's code: `see` is called after the real server has taken on its limits.
"""

import json
import os
import socket
from pathlib import Path

MARK = "swordfish"  # in the names of all that nobody may see


def see() -> None:
    processes = [Path("/proc", pid) for pid in os.listdir("/proc") if pid.isdigit()]
    tops = [Path("/", name) for name in os.listdir("/") if name not in ("proc", "usr")]
    folders = [folder for top in tops if not top.is_symlink() for folder, _, _ in os.walk(top)]
    open_folders = [process / name for process in processes for name in ("cwd", "root")]
    seen = {
        "marked": sorted(
            {name for folder in ["/usr", *folders, *open_folders] for name in listing(folder) if MARK in name}
        ),
        "open folders": sorted({target(folder) for folder in open_folders}),
        "open files": sorted({target(fd) for process in processes for fd in paths(process / "fd")}),
        "environments": [text(process / "environ") for process in processes],
        "command lines": [text(process / "cmdline") for process in processes],
        "etc": sorted(os.listdir("/etc")),
        "host": socket.gethostname(),
        "rights": [line for line in text("/proc/self/status").splitlines() if line.startswith(("Cap", "NoNew", "Uid"))],
        "writable": sorted(filter(writes, folders)),
        "cgroup": sorted({line.split(":")[2] for line in text("/proc/self/cgroup").splitlines()}),
    }
    print(json.dumps(seen), flush=True)


def text(path: str | Path) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def listing(folder: str | Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def paths(folder: Path) -> list[Path]:
    return [folder / name for name in listing(folder)]


def target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def writes(folder: str) -> bool:
    try:
        Path(folder, "written-by-a-student").touch()
    except OSError:
        return False
    return True
