"""The first process in the sandbox: takes on its limits, loads the libraries, forks one process for each notebook.

    server.py LIMITS     LIMITS: JSON, see grading.sandbox.Limits; the files of the submission come as a message

A fork has everything loaded already, so a notebook, or a new start after a crash, costs milliseconds.
"""

import base64
import contextlib
import importlib
import json
import os
import pkgutil
import shutil
import signal
import sys
from pathlib import Path

SANDBOXED_CODE = "/judge"  # where the sandbox holds this; outside of one it lies elsewhere


def main(limits: dict) -> None:
    take_limits(limits)
    sys.path.insert(0, limits["code"])
    read_fd, write_fd = own_pipes()
    load_libraries(limits["fonts"])
    from grading.student_process.notebook import Notebook
    from grading.wire.channel import Channel

    channel = Channel(read_fd, write_fd, limits["message_bytes"])
    files = channel.receive()["files"]
    sys.path.append(str(work_folder()))  # the submission's modules come last
    write_files(files)
    channel.send({"op": "loaded"})
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
        status = ended(pid)
        if limits["code"] == SANDBOXED_CODE and os.getpid() < 10:  # a process namespace of its own
            forget_all()
            fonts_home(limits["fonts"])
            write_files(files)
        channel.send({"op": "gone", "status": status})


def forget_all() -> None:
    """End what a notebook has left running and delete what it has written.

    The next notebook of the submission could show what this one's hidden tests have asked.
    """
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    os.chdir("/")
    for folder in (os.environ["HOME"], "/dev/shm"):
        for parent, folders, _ in os.walk(folder):
            for name in folders:
                with contextlib.suppress(OSError):
                    os.chmod(os.path.join(parent, name), 0o700, follow_symlinks=False)
        for path in Path(folder).iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def ended(pid: int) -> str:
    """How a child ended, in words; "" if it ended by itself and well."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return f"it was ended by signal {os.WTERMSIG(status)}"
    return f"it exited with status {os.WEXITSTATUS(status)}" if os.WEXITSTATUS(status) else ""


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
    os.environ["MPLCONFIGDIR"] = str(fonts_home(fonts))
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    import IPython.core.interactiveshell  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import matplotlib_inline.backend_inline  # noqa: F401
    import numpy  # noqa: F401

    load_course_packages()


def load_course_packages() -> None:
    """Import the engine and labkit with its labs. A course without them is graded as well."""
    with contextlib.suppress(ImportError):
        import mini_vllm  # noqa: F401
    with contextlib.suppress(ImportError):
        import labkit

        for lab in pkgutil.iter_modules(labkit.__path__, "labkit."):
            if lab.ispkg:
                with contextlib.suppress(Exception):  # the notebook that imports it will show why
                    importlib.import_module(lab.name)


def fonts_home(fonts: str | None) -> Path:
    """matplotlib's folder, with the list of fonts: it would look at every font again, at every start."""
    folder = Path(os.environ["HOME"]) / "matplotlib"
    if fonts and Path(fonts).is_dir():
        shutil.copytree(fonts, folder)
    return folder


def work_folder() -> Path:
    return Path(os.environ["HOME"]) / "work"


def write_files(files: dict[str, str]) -> None:
    """The submission's own files, into the working directory."""
    work = work_folder()
    work.mkdir()
    os.chdir(work)
    for name, content in files.items():
        with contextlib.suppress(OSError, ValueError):
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(content))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
