"""scripts/install.py says what is wrong and what to do, and a failed installation never looks finished."""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = REPOSITORY / "scripts"
EXTRAS = ["grading", "test"]
WITH_PIP = ["venv", "ensurepip", "pip"]  # the commands of an installation without uv
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def course(tmp_path):
    """A small repository of its own, with this installer and one package to install."""
    shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "course.py").touch()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "course"\nversion = "1"\n')
    (tmp_path / "constraints.txt").touch()
    return tmp_path


@pytest.fixture
def advice(monkeypatch):
    """The installer's messages."""
    monkeypatch.syspath_prepend(SCRIPTS)
    return importlib.import_module("advice")


@pytest.fixture
def fast_installer(monkeypatch):
    """What decides between uv and pip."""
    monkeypatch.syspath_prepend(SCRIPTS)
    return importlib.import_module("fast_installer")


@pytest.fixture
def installer(course, monkeypatch):
    """The installer of that repository, whose commands are listed in .commands instead of run; there is no uv."""
    monkeypatch.syspath_prepend(course / "scripts")
    monkeypatch.delitem(sys.modules, "install", raising=False)
    module = importlib.import_module("install")
    monkeypatch.delitem(sys.modules, "install")
    module.commands = []

    def run(command, started, has_to_work=True):
        module.commands.append(command[2])
        module.target = command[-1]
        if "--constraint" in command:
            assert Path(command[command.index("--constraint") + 1]) == course / "constraints.txt"
        if command[2] == "venv":
            assert "--without-pip" in command
            Path(module.PYTHON).parent.mkdir(parents=True, exist_ok=True)
            Path(module.PYTHON).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
            Path(module.PYTHON).chmod(0o755)
        return command[2] not in module.broken

    module.broken = ()
    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module, "uv_command", lambda python: None)
    return module


def install_offline(course):
    """Runs the installer with no package index in reach."""
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(course / "none"), "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, course / "scripts" / "install.py"]
    return subprocess.run(command, env=os.environ | offline, check=False, capture_output=True, text=True, timeout=300)


def test_a_python_too_old_is_named_with_the_version_needed_and_the_next_step(advice):
    message = advice.version_problem((3, 10, 13))
    assert "3.10.13" in message and "3.11 or newer" in message and "make lab PYTHON=python3" in message


def test_the_oldest_python_accepted_is_the_one_pyproject_names(advice):
    needed = re.fullmatch(r">=(\d+)\.(\d+)", PROJECT["requires-python"])
    major, minor = int(needed[1]), int(needed[2])
    assert advice.version_problem((major, minor, 0)) is None
    assert advice.version_problem((major, minor - 1, 9)) is not None


@pytest.mark.parametrize("name", ["install.py", "advice.py", "check.py", "fast_installer.py"])
def test_an_old_python_can_read_the_installer_and_so_can_say_that_it_is_too_old(name):
    ast.parse((SCRIPTS / name).read_text(encoding="ascii"), feature_version=(3, 4))


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_the_package_to_install(advice, monkeypatch, module):
    assert advice.venv_problem() is None
    monkeypatch.setitem(sys.modules, module, None)  # the import fails from here on
    assert f"'{module}'" in advice.venv_problem()
    assert f"sudo apt install python3.{sys.version_info.minor}-venv" in advice.venv_problem()


@pytest.mark.parametrize(
    ("line", "meaning", "step"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "disk is full", "Free about 1 GB"),
        ("[Errno 13] Permission denied: '.venv'", "is not writable", "Make this folder writable"),
        ("NewConnectionError: name resolution failed", "did not reach", "Check your connection or proxy"),
        ("error: command 'gcc' failed", "pip or venv failed", "lines above"),
    ],
)
def test_a_failed_step_shows_its_last_lines_what_they_mean_and_the_next_step(advice, line, meaning, step):
    message = advice.failure(["first", line])
    assert line in message and meaning in message and step in message
    assert "run the same command again" in message


@pytest.mark.slow
def test_a_broken_venv_is_made_again_and_without_a_network_the_installer_says_so_and_leaves_no_stamp(course):
    python = course / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    python.parent.mkdir(parents=True)
    python.touch()
    result = install_offline(course)
    assert "broken or incomplete" in result.stdout
    subprocess.run([python, "-c", "import pip"], check=True, timeout=60)
    assert result.returncode == 1
    assert "Check your connection or proxy, then run the same command again" in result.stderr
    assert "setuptools" in result.stderr  # pip's own last lines
    assert not list(course.glob(".venv/installed*"))


def test_a_broken_venv_is_named_and_made_again(installer, capsys):
    Path(installer.PYTHON).parent.mkdir(parents=True)
    Path(installer.PYTHON).touch()
    installer.install(EXTRAS)
    assert "broken or incomplete" in capsys.readouterr().out
    assert installer.commands == WITH_PIP


def test_where_pip_fails_no_stamp_is_left(installer, course, monkeypatch):
    run = installer.run

    def without_a_network(command, started, has_to_work=True):
        return sys.exit("no network") if command[2] == "pip" else run(command, started, has_to_work)

    monkeypatch.setattr(installer, "run", without_a_network)
    with pytest.raises(SystemExit, match="no network"):
        installer.install(EXTRAS)
    assert Path(installer.PYTHON).exists() and not list(course.glob(".venv/installed*"))


def test_a_finished_installation_is_not_repeated(installer):
    installer.install(EXTRAS)
    installer.install(EXTRAS)
    assert installer.commands == WITH_PIP


def test_a_changed_pyproject_is_installed_into_the_same_venv(installer):
    installer.install(EXTRAS)
    Path(installer.PROJECT).write_text('[project]\nname = "course"\nversion = "2"\n')
    installer.install(EXTRAS)
    assert installer.commands == [*WITH_PIP, *WITH_PIP[1:]]


def test_other_versions_of_packages_are_installed_into_the_same_venv(installer, course):
    installer.install(EXTRAS)
    (course / "constraints.txt").write_text("numpy==2.0.0\n")
    installer.install(EXTRAS)
    assert installer.commands == [*WITH_PIP, *WITH_PIP[1:]]


@pytest.mark.parametrize(("broken", "commands"), [((), ["venv", "uv"]), (("uv",), ["venv", "uv", *WITH_PIP[1:]])])
def test_uv_installs_where_it_is_to_be_had_and_pip_where_it_fails(installer, monkeypatch, broken, commands):
    monkeypatch.setattr(installer, "uv_command", lambda python: [python, "-m", "uv", "pip", "install"])
    installer.broken = broken
    installer.install(EXTRAS)
    assert installer.commands == commands and installer.target.endswith("[grading,test]")


LISTED = """\
:env:.index-url='https://of.the.environment/simple'
global.index-url='https://of.a.file/simple'
install.find-links='/opt/one /opt/two'
global.no-index='false'
global.timeout='60'
"""


def test_uv_looks_for_packages_where_pip_does(monkeypatch, fast_installer):
    monkeypatch.setattr(fast_installer, "outputs", lambda commands: [LISTED, ""])
    assert fast_installer.uv_command("python")[1:] == [
        *("-m", "uv", "pip", "install", "--python", "python", "--index-url", "https://of.the.environment/simple"),
        *("--find-links", "/opt/one", "--find-links", "/opt/two"),
    ]


def test_of_several_indexes_the_best_version_of_all_counts_as_for_pip(fast_installer):
    listed = "global.extra-index-url='file:///opt/one file:///opt/two'"
    assert fast_installer.places(fast_installer.pip_settings(listed)) == [
        *("--extra-index-url", "file:///opt/one", "--extra-index-url", "file:///opt/two"),
        *("--index-strategy", "unsafe-best-match"),
    ]


def test_what_only_pip_understands_and_a_machine_without_uv_leave_it_to_pip(monkeypatch, fast_installer):
    monkeypatch.setattr(fast_installer, "outputs", lambda commands: ["global.proxy='http://10.0.0.1:3128'\n", ""])
    assert fast_installer.uv_command("python") is None

    def no_uv(commands):
        raise subprocess.CalledProcessError(1, commands[-1])

    monkeypatch.setattr(fast_installer, "outputs", no_uv)
    assert fast_installer.uv_command("python") is None


def test_of_commands_side_by_side_each_has_its_output_and_one_that_fails_is_named(fast_installer):
    say, fail = ([sys.executable, "-c", text] for text in ("print('said')", "raise SystemExit(3)"))
    assert [text.strip() for text in fast_installer.outputs([say, say])] == ["said", "said"]
    for commands in ([say, fail], [fail, say]):
        with pytest.raises(subprocess.CalledProcessError, match="SystemExit.* status 3"):
            fast_installer.outputs(commands)


@pytest.mark.parametrize("has_pip", [True, False])
def test_only_where_this_python_has_no_pip_that_will_do_the_venv_gets_its_own_first(
    monkeypatch, fast_installer, has_pip
):
    tried = []

    def outputs(commands):
        tried.extend(command[0] if "pip" in command else command[2] for command in commands)
        if commands[0][0] == sys.executable and not has_pip:
            raise subprocess.CalledProcessError(1, commands[0])
        return [""] * len(commands)

    monkeypatch.setattr(fast_installer, "outputs", outputs)
    assert fast_installer.uv_command("python")
    assert tried == [sys.executable] * 2 + ([] if has_pip else ["ensurepip", "python", "python"])


def test_labs_are_installed_without_the_tests_packages_which_then_stay_once_they_are_there(installer):
    installer.install(["grading"])
    assert installer.target.endswith("[grading]") and installer.commands == WITH_PIP
    installer.install(EXTRAS)
    assert installer.target.endswith("[grading,test]") and installer.commands == [*WITH_PIP, *WITH_PIP[1:]]
    installer.install(["grading"])
    assert installer.commands == [*WITH_PIP, *WITH_PIP[1:]]
    Path(installer.PROJECT).write_text('[project]\nname = "course"\nversion = "2"\n')
    installer.install(["grading"])
    assert installer.target.endswith("[grading,test]")


@pytest.mark.parametrize("line", ["python {}", "folder {}"])
def test_a_venv_for_another_folder_or_python_is_made_again(installer, line, monkeypatch):
    installer.install(EXTRAS)
    if line.startswith("python"):
        monkeypatch.setattr(sys, "version_info", (3, 99))
    else:
        monkeypatch.setattr(installer, "REPOSITORY", "/elsewhere")
    installer.install(EXTRAS)
    assert installer.commands == [*WITH_PIP, *WITH_PIP]


def test_an_installation_that_fails_half_way_is_tried_again(installer, monkeypatch):
    installer.install(EXTRAS)
    Path(installer.PROJECT).write_text('[project]\nname = "course"\nversion = "2"\n')
    with monkeypatch.context() as broken:
        broken.setattr(installer, "run", lambda command, started, has_to_work=True: sys.exit("no network"))
        with pytest.raises(SystemExit):
            installer.install(EXTRAS)
    Path(installer.PROJECT).write_text('[project]\nname = "course"\nversion = "1"\n')
    installer.install(EXTRAS)
    assert installer.commands == [*WITH_PIP, *WITH_PIP[1:]]


def test_a_second_make_waits_for_the_first(course):
    fcntl = pytest.importorskip("fcntl")
    with open(course / "pyproject.toml", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, course / "scripts" / "install.py"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second:
            assert "waiting" in second.stdout.readline()
            second.kill()
    assert not (course / ".venv").exists()
