"""Jupyter kernels that are forks of one process, which has loaded what labs import: they start in no time.

python tests/forked_kernels.py    that process: it reads a line for each kernel and answers with its process id
"""

import atexit
import contextlib
import functools
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

LOADED = ("ipykernel.kernelapp", "numpy", "matplotlib.pyplot", "matplotlib.backends.backend_agg", "ipywidgets")
LOADED += ("mini_vllm.entrypoints.llm", "mini_vllm.model_loader")
NAME = "forked"


class ForkedKernel:
    """What a provisioner wants to know of a process."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid, self._fd = pid, os.pidfd_open(pid)

    def poll(self) -> int | None:
        return 0 if select.select([self._fd], [], [], 0)[0] else None

    def wait(self) -> int:
        select.select([self._fd], [], [])
        os.close(self._fd)
        return 0

    def send_signal(self, number: int) -> None:
        signal.pidfd_send_signal(self._fd, number)


@functools.cache
def _server() -> subprocess.Popen:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    server = subprocess.Popen([sys.executable, __file__], **pipes)
    atexit.register(server.kill)
    return server


class ForkProvisioner(LocalProvisioner):
    """Has a kernel forked."""

    async def launch_kernel(self, cmd: list[str], **kwargs):
        server, wanted = _server(), [cmd, kwargs["env"], str(kwargs.get("cwd") or os.getcwd())]
        print(json.dumps(wanted), file=server.stdin, flush=True)
        self.process = ForkedKernel(int(server.stdout.readline()))
        self.pid = self.pgid = self.process.pid
        return self.connection_info


@contextlib.contextmanager
def forked_kernels() -> Iterator[None]:
    """Kernels that this process starts here are forks, where the system has what that takes."""
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    if hasattr(os, "pidfd_open"):
        factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:{ForkProvisioner.__name__}", factory.GROUP_NAME)
        factory.default_provisioner_name = NAME
    try:
        yield
    finally:
        factory.default_provisioner_name = before


def serve() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a kernel
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.close(answers)
            be_kernel(*json.loads(line))
        os.write(answers, f"{pid}\n".encode())


def be_kernel(command: list[str], environment: dict[str, str], folder: str) -> None:
    """command: python -m ipykernel_launcher ..."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment | {"JPY_PARENT_PID": str(os.getppid())})  # it ends when that one does
    os.chdir(folder)
    sys.argv = command[2:]
    importlib.import_module("ipykernel.kernelapp").launch_new_instance()
    sys.exit()


if __name__ == "__main__":
    del sys.path[0]
    # As a kernel sets it, but before matplotlib looks.
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for name in LOADED:
        importlib.import_module(name)
    serve()
