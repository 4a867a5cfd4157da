"""No sandbox: for machines that have none, and graders who trust their students. Only used if asked for by name."""

import os
import sys
import tempfile

from grading.sandbox.cgroup import Cgroup
from grading.sandbox.limits import Limits
from grading.sandbox.mounts import GRADING
from grading.sandbox.process import SERVER, StudentProcess


class UnsafeNoSandbox:
    """Starts student processes as ordinary ones of this account. Time is limited; little else is."""

    def start(self, limits: Limits, modules: tuple[str, ...] = ()) -> StudentProcess:
        """A student process, with these modules loaded. Errors: OSError, if it cannot be started now."""
        home = tempfile.TemporaryDirectory(prefix="grading-unsafe-", ignore_cleanup_errors=True)
        environment = {**os.environ, "HOME": home.name, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        means = limits.for_process(str(GRADING.parent), None, modules)
        command = [sys.executable, str(GRADING / SERVER), means]
        no_group = Cgroup()
        return StudentProcess(command, environment, limits, group=no_group, cwd=home.name, at_end=home.cleanup)
