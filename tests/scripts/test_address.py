"""scripts/address.py changes the repository's address wherever it stands, and nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
OLD, NEW = "https://github.com/team/course", "https://github.com/you/fork"
OURS = "https://mybinder.org/v2/gh/team/course"


@pytest.fixture
def course(tmp_path):
    """A small course with its address in all the places that may carry it."""
    put(tmp_path, "pyproject.toml", f'[project.urls]\n# The one home.\nRepository = "{OLD}"\nIssues = "{OLD}/issues"\n')
    badge = f"[![Open the course on Binder](https://img.shields.io/x)]({OURS}/HEAD?urlpath=lab)"
    put(tmp_path, "README.md", f"# Course\n\n{badge}\n\nClone {OLD}.git or see {OLD}. Not {OLD}-extras, {OLD}.io\n")
    put(tmp_path, "source/phase-00/README.md", f"[Open]({OURS}/student?urlpath=lab/tree/release)\n")
    put(tmp_path, "source/phase-00/lab-01-first.ipynb", f'{{"source": ["{OLD}/issues\\n"]}}')
    put(tmp_path, "source/phase-00/lab-02-second one.ipynb", "{}")
    put(tmp_path, "source/phase-01/lab-03-third.ipynb", "{}")
    put(tmp_path, "release/phase-00/README.md", f"{OLD}\n")
    put(tmp_path, "docs/other.md", "https://github.com/somebody/else\n")
    put(tmp_path, ".venv/lib/x.md", f"{OLD}\n")
    for name in ("address.py", "binder.py"):
        (tmp_path / "scripts").mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / "scripts" / name, tmp_path / "scripts")
    return tmp_path


def put(folder, name, text):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode())


def address(course, *words, status=0):
    """What the command prints, on both its outputs; it must end with `status`."""
    command = [sys.executable, course / "scripts" / "address.py", *words]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == status, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def content(course):
    return {
        p.relative_to(course).as_posix(): p.read_bytes()
        for p in course.rglob("*")
        if p.suffix != ".pyc" and p.is_file()
    }


def opened(course):
    """What each Binder address of the README opens: (repository and branch, path)."""
    words = (course / "README.md").read_text().replace(")", " ").replace("(", " ").split()
    links = [urlsplit(word) for word in words if word.startswith("https://mybinder.org")]
    return [(link.path.removeprefix("/v2/"), *parse_qs(link.query)["urlpath"]) for link in links]


def test_a_new_address_stands_everywhere_and_the_badges_are_those_of_the_labs_in_source(course):
    before = content(course)
    said = address(course, NEW)
    assert "make release" in said
    after = content(course)
    changed = {name for name in before if before[name] != after[name]}
    pages = {"source/phase-00/README.md", "source/phase-00/lab-01-first.ipynb"}
    assert changed == {"pyproject.toml", "README.md"} | pages
    assert after["pyproject.toml"] == before["pyproject.toml"].replace(OLD.encode(), NEW.encode())
    labs = ("phase-00/lab-01-first", "phase-00/lab-02-second one", "phase-01/lab-03-third")
    paths = ["phase-00/README.md", *(f"{lab}.ipynb" for lab in labs)]
    assert opened(course) == [("gh/you/fork/HEAD", f"lab/tree/release/{path}") for path in paths]
    assert "urlpath=lab%2Ftree%2Frelease%2Fphase-00%2Flab-02-second%20one.ipynb)" in after["README.md"].decode()
    assert b"gh/you/fork/student?" in after["source/phase-00/README.md"]
    prose = f"Clone {NEW}.git or see {NEW}. Not {OLD}-extras, {OLD}.io\n"
    assert after["README.md"].decode().endswith(f"\n\n{prose}")


def test_doing_it_twice_changes_nothing_more_and_the_way_back_restores_every_byte(course):
    address(course, OLD)
    first = content(course)
    assert "0 file(s)" in address(course, OLD) and content(course) == first
    address(course, NEW)
    assert content(course) != first
    address(course, OLD)
    assert content(course) == first


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("https://github.com/you/fork/", "gh/you/fork/main"),
        ("https://github.com/you/fork.git", "gh/you/fork/main"),
        ("https://gitlab.com/group/sub/course.git", "gl/group%2Fsub%2Fcourse/main"),
        ("https://git.example.org/you/course.git", "git/https%3A%2F%2Fgit.example.org%2Fyou%2Fcourse.git/main"),
    ],
)
def test_binder_is_asked_in_the_form_of_each_host(course, given, asked):
    address(course, given, "--branch", "main")
    assert {where for where, _ in opened(course)} == {asked}
    address(course, "--check")


def test_a_branch_with_a_slash_is_named_as_binder_takes_it_and_shown(course):
    address(course, NEW, "--branch", "term/2027")
    assert {where for where, _ in opened(course)} == {"gh/you/fork/term/2027"}
    assert f"{NEW} (Binder opens the branch term/2027)" in address(course)


@pytest.mark.parametrize(
    "bad",
    ["", "you/fork", "http://github.com/you/fork", "git@github.com:you/fork.git", "https://github.com/you"]
    + ["https://github.com/you/fork/tree/main", "https://me:pw@github.com/you/fork", "https://github.com/you/fork?x=1"]
    + ["https://gitlab.com/you/course/-/tree/main", "https://github.com/you/my fork"],
)
def test_an_address_of_another_form_is_refused_with_an_example_and_nothing_is_written(course, bad):
    before = content(course)
    said = address(course, bad, status=2)
    assert repr(bad) in said and "for example https://github.com/you/fork" in said and "Traceback" not in said
    assert content(course) == before


@pytest.mark.parametrize("bad", ["", "-x", "a b", "a..b", "a/", "?", "x~1"])
def test_a_branch_of_another_form_is_refused_and_nothing_is_written(course, bad):
    before = content(course)
    assert f"--branch is {bad!r}" in address(course, NEW, f"--branch={bad}", status=2)
    assert content(course) == before


def test_without_an_address_it_is_shown_with_its_places(course):
    said = address(course)
    assert OLD in said and "pyproject.toml: 2 time(s)" in said and "source/phase-00/README.md: 1 time(s)" in said
    assert "else" not in said and "release/phase-00" not in said


def test_check_fails_by_name_where_a_lab_has_no_badge_or_a_page_the_old_address(course):
    assert "README.md is out of date" in address(course, "--check", status=1)  # its badge was made by hand
    address(course, OLD)
    address(course, "--check")
    project = course / "pyproject.toml"
    project.write_text(project.read_text().replace(OLD, NEW))
    said = address(course, "--check", status=1)
    for name in ("README.md", "source/phase-00/README.md", "source/phase-00/lab-01-first.ipynb"):
        assert f"{name} is out of date. Next step: python scripts/address.py {NEW}" in said
    address(course, NEW)
    address(course, "--check")
    assert OLD.encode() not in content(course)["source/phase-00/lab-01-first.ipynb"]


def test_a_readme_without_badges_is_answered_with_the_line_to_put_there(course):
    put(course, "README.md", "# Course\n")
    said = address(course, NEW, status=2)
    line = next(line for line in said.splitlines() if line.startswith("[!["))
    put(course, "README.md", f"# Course\n\n{line}\n")
    address(course, NEW)
    assert len(opened(course)) == 4


def test_the_line_ends_of_windows_stay(course):
    put(course, "README.md", (course / "README.md").read_text().replace("\n", "\r\n"))
    address(course, NEW)
    page = content(course)["README.md"]
    assert page.count(b"\n") == page.count(b"\r\n") > 6


def test_this_repository_is_in_step():
    command = [sys.executable, REPOSITORY / "scripts" / "address.py", "--check"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
