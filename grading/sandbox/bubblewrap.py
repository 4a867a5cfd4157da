"""The sandbox: bubblewrap, with a network, processes, files and a user of its own."""

import contextlib
import json
import os
import platform
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from grading.sandbox import cgroup
from grading.sandbox.limits import Limits
from grading.sandbox.mounts import CODE, SandboxUnavailable, mounts
from grading.sandbox.process import SERVER, StudentProcess
from grading.sandbox.report import Report
from grading.sandbox.system_calls import filter_program

HOME = "/tmp"
# One thread, so that neighbours do not slow each other down, and a fork finds no thread missing.
ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
ENVIRONMENT |= {"HOME": HOME, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
NAMESPACES = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]


class BubblewrapSandbox:
    """Starts student processes in a sandbox each.

    bwrap:  the program's path.
    hidden: folders of the course. Inside, they hold nothing but what Python needs, if any of that lies in them.
    Errors: SandboxUnavailable, if that cannot be.
    """

    def __init__(self, bwrap: str, hidden: tuple[Path, ...]) -> None:
        self.bwrap, self.hidden, self._mounts = bwrap, hidden, mounts(hidden)

    def check(self) -> None:
        """Errors: SandboxUnavailable, if a program cannot run inside, or sees files of the course."""
        look = "import json, os, sys; print(json.dumps({f: os.listdir(f) for f in sys.argv[1:] if os.path.isdir(f)}))"
        folders = [str(folder) for folder in self.hidden]
        try:
            with self.command(2**20, [sys.executable, "-I", "-S", "-c", look, *folders]) as (command, fds):
                run = subprocess.run(command, capture_output=True, text=True, timeout=30, pass_fds=fds, env={}, cwd="/")
            seen = json.loads(run.stdout)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SandboxUnavailable(str(error)) from None
        except ValueError:
            raise SandboxUnavailable(run.stderr.strip()[-300:] or f"it ended with status {run.returncode}") from None
        for folder, names in seen.items():
            words = [Path(word) for word in self._walls(2**20) if Path(word).is_relative_to(folder)]
            if readable := {*names} - {"".join(word.relative_to(folder).parts[:1]) for word in words}:
                raise SandboxUnavailable(f"students could read {', '.join(sorted(readable)[:5])} in {folder}")

    def start(self, limits: Limits, modules: tuple[str, ...] = ()) -> StudentProcess:
        """A student process, with these modules loaded. Errors: SandboxUnavailable, if it cannot be started now."""
        means = limits.for_process(CODE, _free_uid(), modules)
        server = [sys.executable, "-I", "-B", f"{CODE}/grading/{SERVER}", means]
        with contextlib.ExitStack() as undo:
            try:
                group = cgroup.new(limits.total_memory_bytes, limits.processes)
                undo.callback(group.remove)
                report = Report()
                undo.callback(report.close)
                options = ["--json-status-fd", str(report.write_fd)]
                with self.command(limits.scratch_bytes, server, options) as (command, fds):
                    empty = {}  # bubblewrap's own environment is seen from inside
                    pipes = (*fds, report.write_fd)
                    command = [*group.join, *command]
                    process = StudentProcess(command, empty, limits, pass_fds=pipes, report=report, group=group)
            except OSError as error:
                raise SandboxUnavailable(f"The sandbox did not start: {error}") from None
            undo.pop_all()
            return process

    @contextlib.contextmanager
    def command(
        self, scratch_bytes: int, program: list[str], options: list[str] | None = None
    ) -> Iterator[tuple[list[str], tuple[int, ...]]]:
        """(The command for a program inside, file descriptors to pass on). Errors: OSError.

        bubblewrap's arguments are in a file, since its command line is seen from inside.
        """
        walls, refused = "\0".join(self._walls(scratch_bytes)).encode(), filter_program(platform.machine())
        with _file(walls) as arguments, _file(refused) as calls:
            filtered = ["--seccomp", str(calls)] if refused else []
            command = [self.bwrap, "--args", str(arguments), *filtered, *(options or []), "--", *program]
            yield command, (arguments, calls)

    def _walls(self, scratch_bytes: int) -> list[str]:
        """bubblewrap's arguments: what is shared with the machine (nothing but libraries) and what is not."""
        if os.getuid() == 0:
            # As root no user namespace is needed, and without one the process can become a user without rights, whose
            # processes the system counts. These two capabilities are for that, and gone with it.
            user = [*NAMESPACES, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        else:
            user = ["--unshare-user", "--unshare-all", "--disable-userns", "--cap-drop", "ALL"]
            user += ["--uid", "65534", "--gid", "65534"]
        walls = [*user, "--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"]
        walls += ["--proc", "/proc", "--dev", "/dev"]
        # multiprocessing keeps its semaphores in /dev/shm, which without a size holds half of the machine's memory.
        for folder in (HOME, "/dev/shm"):
            walls += ["--perms", "1777", "--size", str(scratch_bytes), "--tmpfs", folder]
        walls += self._mounts
        # The folders around are memory as well, and the sandbox's user may own them.
        walls += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME]
        for name, value in ENVIRONMENT.items():
            walls += ["--setenv", name, value]
        return walls


def _free_uid() -> int | None:
    """A user whose processes are only this sandbox's; None: an ordinary user cannot become another."""
    if os.getuid() != 0:
        return None
    *_, line = Path("/proc/self/uid_map").read_text().splitlines()
    first, _, count = map(int, line.split())
    end = min(first + count, 2**31) - 2  # the last but one is `nobody` where a container has 65536 users
    return end - 1 - secrets.randbelow(end // 2)


@contextlib.contextmanager
def _file(content: bytes) -> Iterator[int]:
    """A file in memory for one program, as a file descriptor. Errors: OSError, if there is no memory."""
    with open(os.memfd_create("bubblewrap"), "r+b", buffering=0) as file:
        file.write(content)
        file.seek(0)
        yield file.fileno()
