"""No sandbox: for machines that have none, and graders who trust their students. Only used if asked for by name."""

import json
import os
import sys
import tempfile
from pathlib import Path

from grading.sandbox.limits import Limits
from grading.sandbox.process import StudentProcess

ROOT = Path(__file__).parents[2]


class UnsafeNoSandbox:
    """Starts student processes as ordinary ones of this account. Time is limited; little else is."""

    is_safe = False

    def start(self, limits: Limits) -> StudentProcess:
        home = tempfile.mkdtemp(prefix="grading-unsafe-")
        server = Path(__file__).parents[1] / "student_process" / "server.py"
        environment = {**os.environ, "HOME": home, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        arguments = json.dumps(limits.for_process(str(ROOT), None, None))
        return StudentProcess(
            [sys.executable, str(server), arguments], limits.message_bytes, home, environment, limits.total_memory_bytes
        )
