"""scripts/lab.py opens JupyterLab where it was told to, or says at once why not and what to do."""

import importlib
import importlib.util
import json
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

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
PHASE = "phase-00-foundations"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach this machine


@pytest.fixture
def lab(tmp_path):
    """The command for the lab of a small repository, whose Jupyter settings are not the user's."""
    for phase in (f"release/{PHASE}", f"source/{PHASE}"):
        (tmp_path / "course" / phase).mkdir(parents=True)
    (tmp_path / "course" / "release" / PHASE / "README.md").write_text("# Start\n")
    (tmp_path / "course" / "scripts").mkdir()
    for name in ("lab", "jupyter_files", "working_copy"):
        shutil.copy(SCRIPTS / f"{name}.py", tmp_path / "course" / "scripts")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    environment |= {"HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    keyboard, terminal = os.openpty()  # in a terminal, and only there, Jupyter by itself asks "Shut down?"

    def start(*options):
        command = [sys.executable, tmp_path / "course" / "scripts" / "lab.py", "--open", "no", *options]
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
    shutil.rmtree(tmp_path / "course" / "release")
    output = refused(lab("--port", str(free_port())))
    assert "release/ is missing" in output and "make release" in output


def test_a_student_begins_on_the_first_phases_page_and_returns_to_the_notebook_edited_last(lab, tmp_path):
    course = tmp_path / "course"
    later = "phase-01-later/lab-05-step.ipynb"
    (course / "release" / later).parent.mkdir()
    (course / "release" / later).write_text("{}")

    def opened():
        command = [sys.executable, "-c", "import lab; print(lab.students_page())"]
        return subprocess.check_output(command, cwd=course / "scripts", text=True).strip()

    assert opened() == f"work/{PHASE}/README.md"
    (course / "work" / later).write_text('{"cells": []}')
    assert opened() == f"work/{later}"


def address_of(process):
    """The address that the lab prints, and all lines up to it."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("JupyterLab: "):
            return line.removeprefix("JupyterLab: ").strip(), "".join(lines)
    pytest.fail("no address printed, but:\n" + "".join(lines))


def page_config(address):
    """What JupyterLab's page tells the browser about extensions."""
    page = DIRECT.open(address, timeout=120).read().decode()
    return json.loads(re.search(r'id="jupyter-config-data"[^>]*>\s*(\{.*?\})\s*</script>', page, re.DOTALL)[1])


def instructors_tools(address):
    """How many of nbgrader's five parts for instructors the page has switched off, and the status of the Formgrader."""
    api, token = address.partition("/lab/")[0], address.partition("?")[2]
    assert status(f"{api}/nbgrader_version?version=0&{token}") == 200  # what Validate asks first
    parts = ("menu", "formgrader", "assignment-list", "course-list", "create-assignment")
    disabled = {f"@jupyter/nbgrader:{part}" for part in parts} & set(page_config(address)["disabledExtensions"])
    return len(disabled), status(f"{api}/formgrader?{token}")


def test_a_students_address_opens_the_copy_without_instructors_tools_and_ctrl_c_ends_it_cleanly(lab, tmp_path):
    port = free_port()
    with lab("--port", str(port)) as process:
        try:
            address, said = address_of(process)
            start = f"http://127.0.0.1:{port}/lab/tree/work/{PHASE}/README.md?token="
            assert address.startswith(start)
            assert said == f"\nJupyterLab: {address}\n"  # no warning before it
            assert DIRECT.open(address, timeout=120).status == 200
            contents = address.replace("/lab/tree/", "/api/contents/")
            assert json.load(DIRECT.open(contents, timeout=120))["content"] == "# Start\n"
            with pytest.raises(urllib.error.HTTPError, match="403"):
                DIRECT.open(contents.partition("?")[0], timeout=120)
            assert instructors_tools(address) == (5, 404)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=120)
            rest = process.stdout.read()
        finally:
            process.kill()
    assert process.returncode == 0
    assert "Ctrl-C stops it" in rest and "Traceback" not in rest


def test_an_instructors_server_opens_source_with_nbgraders_tools_and_makes_no_copy(lab, tmp_path):
    with lab("--port", str(free_port()), "--for", "instructor") as process:
        try:
            address, _ = address_of(process)
            assert f"/lab/tree/source/{PHASE}" in address
            assert instructors_tools(address) == (0, 200)
        finally:
            process.kill()
    assert not (tmp_path / "course" / "work").exists()


def status(address):
    try:
        return DIRECT.open(address, timeout=120).status
    except urllib.error.HTTPError as error:
        return error.code


def test_only_a_first_start_compiles_in_a_second_process_and_its_modules_are_those_installed(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(SCRIPTS)
    module = importlib.import_module("lab")
    started = []
    monkeypatch.setattr(module.subprocess, "Popen", lambda command, **_: started.append(command))
    monkeypatch.setattr(module.sys, "dont_write_bytecode", False)
    compiled = tmp_path / "compiled.pyc"
    monkeypatch.setattr(module.importlib.util, "cache_from_source", lambda path: compiled)
    module.compile_beside()
    compiled.touch()
    module.compile_beside()
    assert [command[:2] for command in started] == [[sys.executable, "-c"]]
    for name in started[0][2].removeprefix("import ").split(", "):
        assert importlib.util.find_spec(name), name
