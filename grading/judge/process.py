"""How to reach the process that judges: `JudgeProcess().judge(job)`."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from grading.judge.job import Failed, Job, Verdict
from grading.wire.channel import Channel, ChannelError

ROOT = Path(__file__).parents[2]
MAX_VERDICT_BYTES = 2**26


class JudgeFailed(Exception):
    """The judge could not come to a verdict; the message says why."""


class JudgeProcess:
    """A judging process of one's own. Use it from one thread at a time, and close it."""

    def __init__(self) -> None:
        environment = {**os.environ, "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grading.judge.serve"],  # -P: imports nothing from the current folder
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the one who asked
        )
        pipes = self._process.stdout.fileno(), self._process.stdin.fileno()
        self._channel = Channel(*pipes, Verdict | Failed, MAX_VERDICT_BYTES)

    def judge(self, job: Job) -> Verdict:
        """Errors: JudgeFailed; SandboxUnavailable by its text in it."""
        try:
            self._channel.send(job)
            answer = self._channel.receive()
        except ChannelError as error:
            raise JudgeFailed(f"The judge gave no verdict: {error}.") from None
        if isinstance(answer, Failed):
            raise JudgeFailed(answer.why)
        return answer

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()
