"""The first process in the sandbox: takes on its limits, loads the libraries, forks one process for each notebook.

    start.py MEANS      MEANS: JSON, see grading.sandbox.Limits.for_process; the submission's files come as a message

A fork has everything loaded already, so a notebook, or a new start after a crash, costs milliseconds.
"""

import contextlib
import gc
import json
import os
import sys
from pathlib import Path


def main(limits: dict) -> None:
    gc.disable()  # what is loaded here stays
    take_limits(limits)
    sys.path.insert(0, limits["code"])
    read_fd, write_fd = own_pipes()
    prepare_matplotlib()
    from grading.student_process.cells import new_shell
    from grading.student_process.engine import note_loaded
    from grading.student_process.libraries import load
    from grading.wire.channel import Channel
    from grading.wire.messages import Files, Loaded, ToStudent

    load(limits["modules"])
    shell = new_shell()
    note_loaded()
    gc.enable()
    channel = Channel(read_fd, write_fd, ToStudent, limits["message_bytes"])
    if isinstance(message := channel.receive(), Files):
        write_files(message.files)
        channel.send(Loaded())
        serve(channel, shell, limits)


def serve(channel, shell, limits: dict) -> None:
    """Let one notebook at a time talk to the judge."""
    from grading.student_process.cells import Cells
    from grading.student_process.forks import Fork
    from grading.wire.messages import Gone, Notebook, Resting

    def begin(fork: Fork) -> None:
        fork.waits(Notebook)
        Cells(shell, channel, limits).serve(fork)

    notebooks: dict[int, Fork] = {}
    while True:
        message = channel.receive()
        if not isinstance(message, Notebook):
            continue  # meant for a notebook that is gone
        if message.n not in notebooks:
            notebooks[message.n] = Fork(begin)
        status = notebooks[message.n].wake(message)
        if status is not None:
            del notebooks[message.n]
        channel.send(Resting() if status is None else Gone(status))


def take_limits(limits: dict) -> None:
    """Become a user who owns nothing, and may use no more than this."""
    import resource

    if limits["uid"] is not None:
        os.setgroups([])
        os.setresgid(*[limits["uid"]] * 3)
        os.setresuid(*[limits["uid"]] * 3)
    for name, value in (
        ("RLIMIT_AS", limits["memory_bytes"]),
        ("RLIMIT_NPROC", limits["processes"]),
        ("RLIMIT_NOFILE", limits["open_files"]),
        ("RLIMIT_FSIZE", limits["scratch_bytes"]),
        ("RLIMIT_CORE", 0),
    ):
        with contextlib.suppress(ValueError, OSError, AttributeError):  # a limit this system does not have
            hard = resource.getrlimit(getattr(resource, name))[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(getattr(resource, name), (value, value))


def own_pipes() -> tuple[int, int]:
    """The two pipes to the judge, moved out of the way of what the student's code reads and prints."""
    read_fd, write_fd = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    return read_fd, write_fd


def prepare_matplotlib() -> None:
    """For submissions that import it: pictures go into the notebook."""
    os.environ["MPLCONFIGDIR"] = str(Path(os.environ["HOME"]) / "matplotlib")
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"


def write_files(files: dict[str, bytes]) -> None:
    """The submission's own files, into the working directory; its modules come last."""
    work = Path(os.environ["HOME"]) / "work"
    work.mkdir()
    os.chdir(work)
    sys.path.append(str(work))
    for name, content in files.items():
        with contextlib.suppress(OSError, ValueError):
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
