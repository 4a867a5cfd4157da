"""The students' files as a git branch: one commit after the other, and nothing else of the repository changes."""

import os
import re
import shutil
import subprocess

import pytest
from bundled_course import bundle, copy_of_course

PERSON = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture(autouse=True)
def gits_environment(monkeypatch):
    """Git as on a fresh machine, with a person; and not inside of another repository's hook."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in (PERSON | QUIET).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """The course as an instructor's repository, on the branch main, with an edit that waits to be committed."""
    course = copy_of_course(tmp_path_factory.mktemp("course"))
    environment = {**os.environ, **PERSON, **QUIET}
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "All"]):
        subprocess.run(["git", *words], cwd=course, env=environment, check=True)
    (course / "docs" / "draft.md").write_text("half done\n", encoding="utf-8")
    subprocess.run(["git", "add", "docs/draft.md"], cwd=course, check=True)
    return course


@pytest.fixture
def course(original, tmp_path):
    """A copy of that repository for one test."""
    return shutil.copytree(original, tmp_path / "course", symlinks=True)


@pytest.fixture(scope="module")
def published(original, tmp_path_factory):
    """A copy with a remote, what it held before, and what was said of the branch's first commit."""
    course = shutil.copytree(original, tmp_path_factory.mktemp("published") / "course", symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (PERSON | QUIET).items():
            patch.setenv(name, value)
        git(course, "remote", "add", "origin", "https://github.com/you/fork")
        before = state(course)
        return course, before, bundle(course, "--branch", "student")


def git(course, *words):
    ran = subprocess.run(["git", *words], cwd=course, check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def state(course):
    """What must stay: the branch, its commit, the index, and the files."""
    return [git(course, *words.split()) for words in ("branch --show-current", "rev-parse HEAD", "status --porcelain")]


def test_each_publication_follows_the_last_and_none_holds_anything_of_the_course(published):
    course, before, said = published
    first = git(course, "rev-parse", "student")
    assert f"new commit {first[:10]}" in said
    assert f"nothing has changed since {first[:10]}" in bundle(course, "--branch", "student")
    assert git(course, "rev-parse", "student") == first and state(course) == before
    page = course / "LICENSE"
    page.write_text(page.read_text(encoding="utf-8") + "More.\n", encoding="utf-8")
    before = state(course)
    bundle(course, "--branch", "student")
    assert state(course) == before
    assert git(course, "rev-list", "student").split()[1:] == [first]
    names = git(course, "log", "--format=", "--name-only", "student").split("\n")
    assert {name.partition("/")[0] for name in names if "/" in name} == {"release", "mini_vllm", "labkit", "scripts"}
    for name in ("postBuild", "start"):
        assert git(course, "ls-tree", "student", name).startswith("100755 blob")
    assert git(course, "show", "student:LICENSE").endswith("More.")
    assert not (course / "dist").exists()


def test_the_next_steps_are_the_push_and_binders_address_of_the_branch(published):
    *_, said = published
    assert "git push origin student\n" in said
    assert re.search(
        r"https://mybinder\.org/v2/\S+/student\?urlpath=lab%2Ftree%2Frelease%2Fphase-00\S+README\.md", said
    )


@pytest.mark.slow
def test_a_fresh_clone_goes_on_where_the_published_branch_ended(course, tmp_path):
    bundle(course, "--branch", "student")
    last = git(course, "rev-parse", "student")
    git(course, "commit", "-q", "-m", "The draft")
    git(tmp_path, "clone", "-q", course, "clone")
    assert f"nothing has changed since {last[:10]}" in bundle(tmp_path / "clone", "--branch", "student")
    assert git(tmp_path / "clone", "rev-parse", "student") == last


def test_a_branch_with_the_courses_source_in_its_history_is_refused_and_stays(course):
    git(course, "branch", "old")
    for name, reason in (("main", "main is the branch you are on"), ("old", "The history of old contains source")):
        assert reason in bundle(course, "--branch", name, status=1)
        assert git(course, "rev-parse", name) == git(course, "rev-parse", "HEAD")


def test_a_name_that_no_branch_can_have_is_refused_by_its_value(course):
    assert "--branch is 'a b'" in bundle(course, "--branch", "a b", status=2)
    assert "--branch is ''" in bundle(course, "--branch=", status=2)


def test_without_a_repository_or_git_or_a_name_the_next_step_is_said(course, monkeypatch, tmp_path):
    for name in PERSON:
        monkeypatch.delenv(name)
    git(course, "config", "user.useConfigOnly", "true")
    assert "git config user.name" in bundle(course, "--branch", "student", status=1)
    (course / ".git").rename(tmp_path / "git")
    assert "is not a git repository" in bundle(course, "--branch", "student", status=1)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in bundle(course, "--branch", "student", status=1)


def test_where_release_is_out_of_step_no_branch_is_written(course):
    next((course / "release").glob("*/README.md")).write_text("notes\n", encoding="utf-8")
    assert "make release" in bundle(course, "--branch", "student", status=1)
    assert git(course, "branch", "--list", "student") == ""


def test_git_ignores_the_zip(course):
    assert git(course, "check-ignore", "dist/mini-vllm-student.zip")
