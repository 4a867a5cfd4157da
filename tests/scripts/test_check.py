"""scripts/check.py tells a newcomer what is lacking, and its exit status is about the labs only."""

import importlib
import shutil
import socket
import sys
import types
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def check(monkeypatch):
    """The module, whose command line is empty."""
    monkeypatch.syspath_prepend(SCRIPTS)
    monkeypatch.delitem(sys.modules, "check", raising=False)
    monkeypatch.setattr(sys, "argv", ["check.py"])
    return importlib.import_module("check")


def test_a_machine_that_has_all_is_told_to_open_the_labs(check, monkeypatch, capsys):
    monkeypatch.setattr(check, "PARTS", [(title, about, [lambda: "there"]) for title, about, _ in check.PARTS])
    assert check.main() == 0
    output = capsys.readouterr().out
    assert output.count("  ok       there") == 3 and "missing" not in output and "Next step: make lab" in output


@pytest.mark.parametrize(("part", "status"), [(0, 1), (1, 0), (2, 0)])
def test_only_what_the_labs_need_makes_the_exit_status_1_and_each_lack_is_shown(
    check, monkeypatch, capsys, part, status
):
    def lacking():
        raise check.Lacking("no such thing\nget one")

    parts = [(title, about, [lambda: "there"]) for title, about, _ in check.PARTS]
    parts[part] = (*parts[part][:2], [lacking])
    monkeypatch.setattr(check, "PARTS", parts)
    assert check.main() == status
    output = capsys.readouterr().out
    assert "  missing  no such thing\n           get one\n" in output
    assert ("then: make check" in output) == (status == 1)


def test_in_a_folder_without_grading_and_tests_only_the_labs_are_asked_about(check, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(check, "PARTS", [(title, about, [lambda: "there"]) for title, about, _ in check.PARTS])
    monkeypatch.setattr(check, "REPOSITORY", str(tmp_path))
    (tmp_path / "release").mkdir()
    assert check.main() == 0
    assert capsys.readouterr().out == "To do the labs\n  ok       there\n\nNext step: make lab\n"


def test_an_old_python_is_lacking(check, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    with pytest.raises(check.Lacking, match="make lab PYTHON=python3.12"):
        check.python()


def test_a_full_disk_is_lacking_unless_the_packages_are_there(check, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: types.SimpleNamespace(free=2 * 10**8))
    monkeypatch.setattr(check, "PYTHON", "/no/such/python")
    with pytest.raises(check.Lacking, match=r"0\.2 GB are free"):
        check.space()
    monkeypatch.setattr(check, "PYTHON", sys.executable)
    assert "0 GB" in check.space()


def test_a_port_in_use_is_told_with_the_command_for_another(check, monkeypatch):
    class Used(socket.socket):
        def bind(self, address):
            assert address == ("127.0.0.1", 8888)
            raise OSError("in use")

    monkeypatch.setattr(socket, "socket", Used)
    assert "make lab PORT=8890" in check.port()


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is for Linux")
def test_a_sandbox_that_does_not_start_is_told_with_the_ways_out(check, monkeypatch, tmp_path):
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\necho "Traceback ...\nNo sandbox is available: it is gone.\n  1. Install it"\nexit 1\n'
    )
    python.chmod(0o755)
    monkeypatch.setattr(check, "PYTHON", str(python))
    with pytest.raises(check.Lacking, match="(?s)does not start.\nNo sandbox is available: it is gone.*Install it"):
        check.sandbox()


def test_without_chromium_the_package_to_install_is_named(check, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(check.Lacking, match="sudo apt install chromium"):
        check.chromium()
    with pytest.raises(check.Lacking, match="Install git"):
        check.git()
    monkeypatch.setattr(shutil, "which", lambda name: name == "google-chrome")
    assert "Chromium is installed" in check.chromium()
