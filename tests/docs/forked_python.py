"""A course's `.venv/bin/python`, which runs nbgrader and grading in forks of one process that has loaded nbgrader.

To load it takes seconds of a processor, and an instructor types thirty commands.

python tests/docs/forked_python.py ADDRESS    that process, which answers on a socket of this name
"""

import atexit
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from pathlib import Path

LOADED = ("nbgrader.apps.nbgraderapp", "numpy", "msgspec")
# Any other program, and any program before the server has started, gets a Python of its own.
CLIENT = """#!{anew} -IS
import json, os, socket, sys
words = sys.argv[1:]
if any(name in word for word in words[:2] for name in ("nbgrader", "grading", "scripts/bundle.py")):
    with socket.socket(socket.AF_UNIX) as server:
        if server.connect_ex({address!r}) == 0:
            socket.send_fds(server, [b"."], [0, 1, 2])
            server.sendall(json.dumps([words, os.getcwd(), dict(os.environ)]).encode())
            server.shutdown(socket.SHUT_WR)
            sys.exit(server.recv(1)[0])
os.execv({anew!r}, [{anew!r}, *words])
"""


class ForkedPython:
    """In place of an environment's bin/python. address: a path for the socket, of less than 100 characters."""

    def __init__(self, environment: Path, address: Path) -> None:
        self.address, program = address, environment / "bin" / "python"
        self.anew = program.with_name("python-anew")
        self.anew.symlink_to(program.resolve())
        program.unlink()
        program.write_text(CLIENT.format(anew=str(self.anew), address=str(address)), encoding="utf-8")
        program.chmod(0o755)

    def start(self, **variables: str) -> None:
        """Start the process that is forked, unless it runs."""
        if not self.address.exists():
            command = [self.anew, __file__, self.address]
            server = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE)
            atexit.register(server.kill)
            assert server.stdout.readline() == b"ready\n"


def serve(address: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that answer
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        print("ready", flush=True)
        while True:
            client, _ = server.accept()
            if os.fork() == 0:
                server.close()
                answer(client)
            client.close()


def answer(client: socket.socket) -> None:
    """Run one command in a fork, and send its exit status. The fork ends as any Python does, with its traceback."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, files, _, _ = socket.recv_fds(client, 1, 3)
    with client.makefile("rb") as request:
        words, folder, environment = json.load(request)
    pid = os.fork()
    if pid == 0:
        client.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        run(words)
        sys.exit()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    client.sendall(bytes([status % 256]))
    os._exit(0)


def run(words: list[str]) -> None:
    """words: what stands behind `python` on the command line, for a module, a text or a file."""
    if words[0] == "-m":
        sys.argv, sys.path[0] = words[1:], os.getcwd()
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[0] == "-c":
        sys.argv, sys.path[0] = ["-c", *words[2:]], ""
        exec(words[1], {"__name__": "__main__"})
    else:
        sys.argv, sys.path[0] = words, os.path.dirname(words[0])
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    del sys.path[0]
    for name in LOADED:
        importlib.import_module(name)
    sys.path.insert(0, "")
    serve(sys.argv[1])
