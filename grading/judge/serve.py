"""The process that judges. Started by `JudgeProcess`.

It has the libraries loaded and the course's own cells run, and forks for each submission, so that one leaves nothing
behind for the next, and one whose tests never end can be ended. The fork is the judge; the student's code runs in a
sandbox, which is started while the submission before is still being judged.
"""

import compileall
import contextlib
import gc
import os
import resource
import select
import signal
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from grading.judge.course import CourseFailed, make_ready, modules_needed
from grading.judge.job import Failed, Job, Verdict
from grading.judge.names import PACKAGES
from grading.judge.process import MAX_VERDICT_BYTES
from grading.judge.submission import judge
from grading.sandbox import Limits, SandboxUnavailable, StudentProcess, find_sandbox
from grading.wire.channel import Channel, ChannelError

MAX_JOB_BYTES = 2**28


class Spare:
    """A sandbox that is started before it is needed, once there has been more than one submission."""

    def __init__(self) -> None:
        self._process: StudentProcess | None = None
        self._means: tuple = ()
        self._num_taken = 0

    def take(self, limits: Limits, unsafe_no_sandbox: bool, modules: tuple[str, ...]) -> StudentProcess:
        """One that is started now, if there is none with these means. Errors: SandboxUnavailable."""
        means = limits, unsafe_no_sandbox, modules
        if self._process is None or self._means != means:
            self._make(*means)
        process, self._process = self._process, None
        self._num_taken += 1
        return process

    def prepare(self) -> None:
        """Start one for a next submission with the same means. Errors: SandboxUnavailable."""
        if self._num_taken > 1:  # to start one and not use it would double the cost of a single submission
            self._make(*self._means)

    def _make(self, limits: Limits, unsafe_no_sandbox: bool, modules: tuple[str, ...]) -> None:
        self.close()
        self._means = limits, unsafe_no_sandbox, modules
        self._process = find_sandbox(unsafe_no_sandbox).start(limits, modules)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None


def serve() -> None:
    """Answer jobs on standard input, until it ends."""
    _compile_course_packages()
    read_fd, write_fd = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    channel, spare = Channel(read_fd, write_fd, Job, MAX_JOB_BYTES), Spare()
    try:
        while True:
            channel.send(_judged(channel.receive(), spare, read_fd))
    except ChannelError:  # nobody is there any more
        return
    finally:
        spare.close()


def _compile_course_packages() -> None:
    """Where files can be written; inside the sandbox they cannot, and each process would compile them again."""
    for found in map(find_spec, ("grading", *PACKAGES)):
        if found is not None and found.origin is not None:
            compileall.compile_dir(Path(found.origin).parent, quiet=2)


def _judged(job: Job, spare: Spare, asker_fd: int) -> Verdict | Failed:
    try:
        limits = Limits(**job.limits)
        for notebook in job.notebooks.values():
            make_ready(notebook)
        process = spare.take(limits, job.unsafe_no_sandbox, modules_needed(job))
    except (TypeError, ValueError, SandboxUnavailable, CourseFailed) as error:
        return Failed(str(error))
    try:
        return _in_a_fork(job, limits, process, spare, asker_fd)
    finally:
        process.kill()


def _in_a_fork(job: Job, limits: Limits, process: StudentProcess, spare: Spare, asker_fd: int) -> Verdict | Failed:
    """The answer to a job, made in a process of its own that ends in time, and with the one who asked.

    asker_fd: the pipe on which jobs come; it can be read in the meantime only when the asker is gone.
    """
    seconds = (2 * limits.notebook_seconds + 60) * max(1, len(job.notebooks))
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_fd)
        gc.freeze()  # to look for garbage among what is shared would copy all of it
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # judge() ends the student's process then
        # What a student returns, or has the tests' objects make, may be large.
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))
        try:
            answer = judge(job, process)
        except BaseException as error:  # noqa: B036 (the answer says what it was)
            answer = Failed(f"{type(error).__name__}: {error}")
        try:
            Channel(-1, write_fd).send(answer)
        finally:
            os._exit(0)
    os.close(write_fd)
    with contextlib.suppress(OSError):  # here as well, for either may come first
        os.setpgid(pid, pid)
    try:
        with contextlib.suppress(SandboxUnavailable, OSError):  # the next job will tell
            spare.prepare()
        ready, _, _ = select.select([read_fd, asker_fd], [], [], seconds)
        if asker_fd in ready:
            sys.exit(0)
        return Channel(read_fd, -1, Verdict | Failed, MAX_VERDICT_BYTES).receive(60 if ready else 0)
    except ChannelError as error:
        return Failed(f"The tests did not finish: {error}")
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # not again, while this one is being seen to
        os.close(read_fd)
        _end(pid)
        signal.signal(signal.SIGTERM, _leave)


def _leave(*_: object) -> None:
    sys.exit(0)


def _end(pid: int) -> None:
    """End a fork and its group, after a moment in which it can end the student's process."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGTERM)
    for _ in range(200):
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        time.sleep(0.01)
    else:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    serve()
