"""The process that judges, and how to reach it: `JudgeServer().judge(job)`.

It has the libraries loaded, and forks for each submission, so that one leaves nothing behind for the next, and one
whose tests never end can be ended. The fork is the judge; the student's code runs in a sandbox that it starts.
"""

import contextlib
import os
import resource
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from grading.judge.job import Job, Verdict
from grading.judge.notebook import NotebookJudge, error_output
from grading.judge.session import Server, SessionOver, StudentSession
from grading.sandbox import Limits, SandboxUnavailable, find_sandbox
from grading.student_process.server import load_course_packages
from grading.wire.channel import Channel, ChannelError

ROOT = Path(__file__).parents[2]
MAX_VERDICT_BYTES = 2**26


class JudgeFailed(Exception):
    """The judge could not come to a verdict; the message says why."""


class JudgeServer:
    """A judging process of one's own. Use it from one thread at a time, and close it."""

    def __init__(self) -> None:
        environment = {**os.environ, "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grading.judge.server"],  # -P: imports nothing from the current folder
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the one who asked
        )
        self._channel = Channel(self._process.stdout.fileno(), self._process.stdin.fileno(), MAX_VERDICT_BYTES)

    def judge(self, job: Job) -> Verdict:
        """Errors: JudgeFailed; SandboxUnavailable by its text in it."""
        try:
            self._channel.send(job.to_json())
            answer = self._channel.receive()
        except ChannelError as error:
            raise JudgeFailed(f"The judge process has ended: {error}") from None
        if "failed" in answer:
            raise JudgeFailed(answer["failed"])
        return Verdict(**answer)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and what it has started."""
        try:
            os.killpg(self._process.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self._process.wait()


def judge(job: Job) -> Verdict:
    """Judge a submission, here and now. Errors: SandboxUnavailable."""
    limits = Limits(**job.limits)
    sandbox = find_sandbox(job.unsafe_no_sandbox)
    server = Server(lambda: sandbox.start(limits), job.files)
    outputs, faults = {}, {}
    try:
        for name, cells in job.notebooks.items():
            try:
                session = StudentSession(server, limits)
                outputs[name] = NotebookJudge(session, cells).outputs()
                session.close()
                faults[name] = session.faults
            except (SessionOver, ChannelError) as error:
                outputs[name] = [[error_output("NotRun", str(error))] for _ in cells]
                faults[name] = [str(error)]
                server.restart()
    finally:
        server.close()
    return Verdict(outputs, {name: found for name, found in faults.items() if found})


def serve() -> None:
    """Answer jobs on standard input, until it ends."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot  # noqa: F401 (loaded once, for all forks)

    load_course_packages()  # its own copies: no submission is on the path
    read_fd, write_fd = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    channel = Channel(read_fd, write_fd, MAX_VERDICT_BYTES)
    while True:
        try:
            message = channel.receive()
        except ChannelError:
            return
        try:
            channel.send(_in_a_fork(message, read_fd))
        except ChannelError:  # nobody is there any more to read it
            return


def _in_a_fork(message: dict, asker_fd: int) -> dict:
    """The answer to a job, made in a process of its own that ends in time, and with the one who asked.

    asker_fd: the pipe on which jobs come; it can be read in the meantime only when the asker is gone.
    """
    try:
        limits = Limits(**message["limits"])
        find_sandbox(message["unsafe_no_sandbox"])  # once for all forks; each would find it anew
    except (TypeError, ValueError, SandboxUnavailable) as error:
        return {"failed": str(error)}
    seconds = (2 * limits.notebook_seconds + 60) * max(1, len(message["notebooks"]))
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_fd)
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # judge() ends the student's process then
        # What a student returns, or has the tests' objects make, may be large.
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))
        try:
            answer = judge(Job.from_json(message)).to_json()
        except BaseException as error:  # noqa: B036 (the answer says what it was)
            answer = {"failed": f"{type(error).__name__}: {error}"}
        try:
            Channel(read_fd, write_fd).send(answer)
        finally:
            os._exit(0)
    os.close(write_fd)
    with contextlib.suppress(OSError):  # here as well, for either may come first
        os.setpgid(pid, pid)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        ready, _, _ = select.select([read_fd, asker_fd], [], [], seconds)
        if asker_fd in ready:
            sys.exit(0)
        return Channel(read_fd, -1, MAX_VERDICT_BYTES).receive(60 if ready else 0)
    except ChannelError as error:
        return {"failed": f"The tests did not finish: {error}"}
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # not again, while this one is being seen to
        os.close(read_fd)
        _end(pid)
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))


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
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    serve()
