"""Report what this machine has and what it is missing: `make check`.

It runs on the system's Python before anything is installed, and is as readable for an old one as install.py.
"""

# ruff: noqa: UP031
import argparse
import os
import platform
import shutil
import socket
import subprocess
import sys

from advice import venv_problem, version_problem
from install import PYTHON, REPOSITORY, present, wanted

GIGABYTE = 10**9
NEEDED = 1 * GIGABYTE  # .venv with all its packages, and what pip needs while it unpacks them


class Lacking(Exception):
    """What is not there, and the next step."""


def python():
    """The Python that make runs."""
    problem = version_problem(sys.version_info[:3])
    if problem:
        raise Lacking(problem)
    return "Python %s" % platform.python_version()


def venv():
    """Whether it can create a .venv."""
    problem = venv_problem()
    if problem:
        raise Lacking(problem)
    return "it can create a .venv"


def folder():
    """Whether the course's folder may be written."""
    if not os.access(REPOSITORY, os.W_OK):
        raise Lacking("%s is not writable. Copy the course to a folder that you can write to." % REPOSITORY)
    return "the folder is writable"


def space():
    """Whether the packages fit; a .venv that is there has them."""
    free = shutil.disk_usage(REPOSITORY).free
    if free < NEEDED and not os.path.exists(PYTHON):
        raise Lacking("%.1f GB are free on this disk, but the packages need 1 GB. Free some space." % (free / GIGABYTE))
    return "%.0f GB are free on this disk" % (free / GIGABYTE)


def installed():
    """Whether .venv is there and in step."""
    stamp = present()
    if not stamp:
        return "nothing is installed yet; `make lab` and `make test` install automatically"
    if stamp[:3] != wanted():
        return ".venv does not match pyproject.toml or this Python; the next `make lab` updates it"
    return ".venv matches pyproject.toml"


def port():
    """Whether JupyterLab can listen where it does by default."""
    with socket.socket() as trial:
        if os.name != "nt":
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", 8888))
        except OSError:
            return "port 8888 is in use, perhaps by another JupyterLab; use make lab PORT=8890"
    return "port 8888 is free for JupyterLab"


def sandbox():
    """Whether student code can be shut in here; grading itself is asked."""
    if sys.platform != "linux":
        raise Lacking("The sandbox for student code needs Linux. Grade in a Linux virtual machine.")
    if not os.path.exists(PYTHON):
        raise Lacking("Cannot be checked before the packages are installed. Run `make install`, then check again.")
    ask = "from grading.sandbox import find_sandbox; find_sandbox()"
    asked = subprocess.Popen(
        [PYTHON, "-c", ask], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    said = asked.communicate()[0]
    if asked.returncode:
        raise Lacking("It does not start.\n%s" % said[said.find("No sandbox") :].strip())
    return "the sandbox for student code starts"


def chromium():
    """Whether the tests in a browser have one."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if not any(shutil.which(name) for name in names) and not os.environ.get("CHROMIUM"):
        raise Lacking("No Chromium: the browser tests are skipped. Debian, Ubuntu: sudo apt install chromium")
    return "Chromium is installed for the browser tests"


def git():
    """Whether releases can be compared with the last commit."""
    if not shutil.which("git"):
        raise Lacking("No git: the tests that compare with the last commit fail. Install git.")
    return "git is installed"


PARTS = (  # what for, the folder it is about, the checks
    ("To do the labs", "release", (python, venv, folder, space, installed, port)),
    ("To grade a class", "grading", (sandbox,)),
    ("To run all the tests", "tests", (git, chromium)),
)


def main():
    """Prints the list; the exit status is 1 if something is lacking that the labs need, else 0."""
    argparse.ArgumentParser(
        description="Report what this machine has for the course, what it is missing, and what to do about it.",
        epilog="Example: python3 scripts/check.py (what `make check` runs). "
        "Exit status: 0 the labs can run here; 1 they cannot.",
    ).parse_args()
    can_do_labs = True
    for number, (title, about, checks) in enumerate(PARTS):
        if not os.path.isdir(os.path.join(REPOSITORY, about)):  # what students get has neither grading nor tests
            continue
        print(title)
        for check in checks:
            try:
                print("  ok       %s" % check())
            except Lacking as error:
                print("  missing  %s" % str(error).replace("\n", "\n           "))
                can_do_labs = can_do_labs and number > 0
    print("\n%s" % ("Next step: make lab" if can_do_labs else "Install what is missing for the labs, then: make check"))
    return 0 if can_do_labs else 1


if __name__ == "__main__":
    sys.exit(main())
