"""No sandbox: for machines that have none, and graders who trust their students. Only used if asked for by name."""

import functools
import os
import shutil
import sys
import tempfile

from grading.sandbox.limits import Limits
from grading.sandbox.mounts import GRADING
from grading.sandbox.process import SERVER, StudentProcess


class UnsafeNoSandbox:
    """Starts student processes as ordinary ones of this account. Time is limited; little else is."""

    is_safe = False

    def start(self, limits: Limits) -> StudentProcess:
        """A student process. Errors: OSError, if the system cannot start it now."""
        home = tempfile.mkdtemp(prefix="grading-unsafe-")
        forget = functools.partial(shutil.rmtree, home, ignore_errors=True)
        environment = {**os.environ, "HOME": home, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(GRADING / SERVER), limits.for_process(str(GRADING.parent), None)]
        try:
            return StudentProcess(command, environment, limits, cwd=home, at_end=forget)
        except OSError:
            forget()
            raise
