"""What the sandbox shows of the machine: the libraries, wherever an environment keeps them, and no more."""

import site
import sys

import pytest

from grading.sandbox.mounts import CODE, mounts


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """An environment in a course, whose packages lie elsewhere."""
    environment, packages = tmp_path / "course" / ".venv", tmp_path / "elsewhere" / "site-packages"
    for folder in (environment / "bin", environment / "lib", packages, tmp_path / "course" / "source"):
        folder.mkdir(parents=True)
    (environment / "lib" / "site-packages").symlink_to(packages, target_is_directory=True)
    monkeypatch.setattr(sys, "prefix", str(environment))
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(environment / "lib" / "site-packages")])
    return environment


def shown(arguments: list[str], below: str) -> list[str]:
    """Where something is bound, and where something is hidden (with a minus), in this order, below a folder."""
    kinds = {"--ro-bind": (2, ""), "--tmpfs": (1, "-")}
    places = [kinds[word][1] + arguments[i + kinds[word][0]] for i, word in enumerate(arguments) if word in kinds]
    return [place.replace(below, "") for place in places if place.lstrip("-").startswith(below)]


def test_packages_that_lie_beside_the_environment_are_shown_and_their_neighbours_are_not(environment, tmp_path):
    assert {*shown(mounts(()), str(tmp_path))} == {
        "/course/.venv/bin",
        "/course/.venv/lib",
        "/elsewhere/site-packages",
    }


def test_an_environment_that_is_reached_by_a_link_is_there_by_both_names(environment, tmp_path, monkeypatch):
    """uv's environments name their Python by a link with a shorter version."""
    (tmp_path / "link").symlink_to(environment)
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "link"))
    assert {"/link/bin", "/link/lib", "/course/.venv/lib"} <= {*shown(mounts(()), str(tmp_path))}


def test_a_course_among_what_is_shown_is_hidden_and_the_environment_in_it_shown_again(
    environment, tmp_path, monkeypatch
):
    (tmp_path / "lib").symlink_to(tmp_path / "all")
    (tmp_path / "all" / "course" / "bin").mkdir(parents=True)
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "all" / "course"))
    arguments = mounts((tmp_path / "all" / "course",))
    found = shown(arguments, str(tmp_path))
    assert found.index("/all") < found.index("-/all/course") < found.index("/all/course/bin")
    assert "-/lib/course" in found and "--remount-ro" in arguments


def test_the_courses_own_packages_that_a_lab_imports_are_shown_and_grading_is_not(environment):
    assert shown(mounts(()), CODE) == [
        "/mini_vllm",
        "/labkit",
        "/grading/__init__.py",
        "/grading/wire",
        "/grading/student_process",
    ]
