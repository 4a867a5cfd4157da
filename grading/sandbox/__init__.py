"""Where student code runs: a place of its own with bounded means, or, if asked for by name, no such place."""

from grading.sandbox.bubblewrap import BubblewrapSandbox
from grading.sandbox.find import find_sandbox
from grading.sandbox.limits import Limits
from grading.sandbox.mounts import SandboxUnavailable
from grading.sandbox.process import StudentProcess
from grading.sandbox.unsafe import UnsafeNoSandbox

__all__ = ["BubblewrapSandbox", "Limits", "SandboxUnavailable", "StudentProcess", "UnsafeNoSandbox", "find_sandbox"]
