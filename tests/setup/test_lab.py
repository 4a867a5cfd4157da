"""setup/lab.py opens JupyterLab where it was told to, or says at once why not and what to do."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

LAB = Path(__file__).resolve().parents[2] / "setup" / "lab.py"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach this machine


@pytest.fixture
def ctrl_c():
    """Lets Ctrl-C reach the lab: what runs in the background, as CI may, starts its programs deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def lab(tmp_path, ctrl_c):
    """The command for the lab of a small repository, whose Jupyter settings are not the user's."""
    (tmp_path / "course" / "setup").mkdir(parents=True)
    (tmp_path / "course" / "release" / "phase-00-foundations").mkdir(parents=True)
    shutil.copy(LAB, tmp_path / "course" / "setup")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    environment |= {"HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    keyboard, terminal = os.openpty()  # in a terminal, and only there, Jupyter by itself asks "Shut down?"

    def start(*options):
        command = [sys.executable, tmp_path / "course" / "setup" / "lab.py", "--open", "no", *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=terminal, **pipes)

    yield start
    os.close(keyboard)
    os.close(terminal)


def refused(process):
    """What it said, having ended by itself with an exit status for failure."""
    output, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "Traceback" not in output
    return output


@pytest.fixture
def used_port():
    """A port somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port():
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_port_in_use_is_named_with_the_command_for_another(lab, used_port):
    output = refused(lab("--port", str(used_port)))
    assert f"Port {used_port} is in use" in output
    assert re.search(r"make lab PORT=\d+", output)
    assert "JupyterLab: http" not in output


@pytest.mark.parametrize("port", ["abc", "70000", "0", "-1", "8888.5", ""])
def test_a_port_that_is_none_is_named_with_its_value_and_what_will_do(lab, port):
    output = refused(lab(f"--port={port}"))
    assert f"PORT is {port!r}" in output and "from 1 to 65535" in output and "make lab PORT=8890" in output


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1", "..", ""])
def test_a_host_that_is_not_this_machine_is_named_with_its_value_and_what_will_do(lab, host):
    output = refused(lab(f"--host={host}", f"--port={free_port()}"))
    assert f"HOST is {host!r}" in output and "make lab HOST=0.0.0.0" in output


def test_missing_notebooks_are_named_with_the_command_that_makes_them(lab, tmp_path):
    (tmp_path / "course" / "release" / "phase-00-foundations").rmdir()
    output = refused(lab("--port", str(free_port())))
    assert "release/phase-00-foundations is missing" in output and "make release" in output


def test_the_printed_address_opens_jupyterlab_and_ctrl_c_ends_it_cleanly(lab):
    port = free_port()
    with lab("--port", str(port)) as process:
        try:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("JupyterLab: "):
                    break
            else:
                pytest.fail("no address printed, but:\n" + "".join(lines))
            address = line.removeprefix("JupyterLab: ").strip()
            start = f"http://127.0.0.1:{port}/lab/tree/release/phase-00-foundations?token="
            assert address.startswith(start)
            assert DIRECT.open(address, timeout=120).status == 200
            contents = address.replace("/lab/tree/", "/api/contents/")
            assert DIRECT.open(contents, timeout=120).status == 200
            with pytest.raises(urllib.error.HTTPError, match="403"):
                DIRECT.open(contents.partition("?")[0], timeout=120)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=120)
            rest = process.stdout.read()
        finally:
            process.kill()
    assert process.returncode == 0
    assert "Ctrl-C stops it" in rest and "Traceback" not in rest
