"""The first process in the sandbox: takes on its limits, loads the libraries, forks one process for each notebook.

    server.py LIMITS     LIMITS: JSON, see grading.sandbox.Limits; the files of the submission come as a message

A fork has everything loaded already, so a notebook, or a new start after a crash, costs milliseconds.
"""

import base64
import contextlib
import json
import os
import shutil
import sys
from pathlib import Path


def main(limits: dict) -> None:
    take_limits(limits)
    sys.path.insert(0, limits["code"])
    read_fd, write_fd = own_pipes()
    load_libraries(limits["fonts"])
    from grading.student_process.notebook import Notebook
    from grading.wire.channel import Channel

    channel = Channel(read_fd, write_fd, limits["message_bytes"])
    write_files(channel.receive()["files"])
    while True:
        message = channel.receive()
        if message["op"] != "notebook":
            continue  # meant for a notebook that is gone
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                Notebook(channel, limits).serve()
                status = 0
            finally:
                os._exit(status)
        channel.send({"op": "gone", "status": ended(pid)})


def ended(pid: int) -> str:
    """How a child ended, in words; "" if it ended by itself and well."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return f"it was ended by signal {os.WTERMSIG(status)}"
    return f"it ended itself with exit status {os.WEXITSTATUS(status)}" if os.WEXITSTATUS(status) else ""


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


def load_libraries(fonts: str | None) -> None:
    home = Path(os.environ["HOME"])
    if fonts and Path(fonts).is_dir():  # matplotlib would look at every font again, at every start
        shutil.copytree(fonts, home / "matplotlib")
    os.environ["MPLCONFIGDIR"] = str(home / "matplotlib")
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    import IPython.core.interactiveshell  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import matplotlib_inline.backend_inline  # noqa: F401
    import numpy  # noqa: F401

    with contextlib.suppress(ImportError):  # a course without it is graded as well
        import mini_vllm  # noqa: F401


def write_files(files: dict[str, str]) -> None:
    """The submission's own files, into the working directory. It comes last where modules are looked for."""
    work = Path(os.environ["HOME"]) / "work"
    work.mkdir()
    os.chdir(work)
    for name, content in files.items():
        with contextlib.suppress(OSError, ValueError):
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(content))
    sys.path.append(str(work))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
