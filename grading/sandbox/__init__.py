"""Where student code runs: a place of its own with bounded means, or, if asked for by name, no such place."""

from pathlib import Path

from grading.sandbox.bubblewrap import BubblewrapSandbox, SandboxUnavailable
from grading.sandbox.limits import Limits
from grading.sandbox.process import StudentProcess
from grading.sandbox.unsafe import UnsafeNoSandbox

__all__ = ["BubblewrapSandbox", "Limits", "SandboxUnavailable", "StudentProcess", "UnsafeNoSandbox", "find_sandbox"]


def find_sandbox(
    unsafe_no_sandbox: bool = False, hidden: tuple[Path, ...] | None = None
) -> BubblewrapSandbox | UnsafeNoSandbox:
    """The sandbox of this machine. hidden: see BubblewrapSandbox.find.

    Errors: SandboxUnavailable, which names the ways out, if there is none.
    """
    return UnsafeNoSandbox() if unsafe_no_sandbox else BubblewrapSandbox.find(hidden)
