"""What the sandbox shares of the machine: the libraries, wherever an environment keeps them."""

import site
import sys

from grading.sandbox.bubblewrap import CODE, _library_binds


def shared(binds: list[str]) -> set[str]:
    return {binds[i + 1] for i, word in enumerate(binds) if word == "--ro-bind"}


def test_packages_that_lie_beside_the_environment_are_shared_and_their_neighbours_are_not(monkeypatch, tmp_path):
    environment, packages = tmp_path / "course" / ".venv", tmp_path / "elsewhere" / "site-packages"
    for folder in (environment / "lib", packages, tmp_path / "course" / "source"):
        folder.mkdir(parents=True)
    (environment / "lib" / "site-packages").symlink_to(packages, target_is_directory=True)
    monkeypatch.setattr(sys, "prefix", str(environment))
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(environment / "lib" / "site-packages")])
    found = shared(_library_binds())
    assert {str(environment.resolve()), str(packages.resolve())} <= found
    assert not found & {str(tmp_path), str(tmp_path / "course"), str(tmp_path / "course" / "source")}


def test_what_lies_in_a_shared_folder_is_not_shared_twice(monkeypatch, tmp_path):
    (tmp_path / ".venv" / "site-packages").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(tmp_path / ".venv" / "site-packages")])
    assert str(tmp_path / ".venv" / "site-packages") not in shared(_library_binds())


def test_the_courses_own_packages_that_a_lab_imports_are_shared_and_grading_is_not(monkeypatch, tmp_path):
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr(site, "getsitepackages", lambda: [])
    binds = _library_binds()
    places = {binds[i + 2] for i, word in enumerate(binds) if word == "--ro-bind" and binds[i + 2].startswith(CODE)}
    assert places == {f"{CODE}/mini_vllm", f"{CODE}/labkit"}
