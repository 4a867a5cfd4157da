"""Create .venv and install the course into it; does nothing if that is already done.

It runs on the system's Python, with the standard library only. A Python as old as 2.7 can
still read it (no f-strings, no annotations): an old Python is answered with a sentence that
says what to do, and not with a syntax error.
"""

# ruff: noqa: UP031
import argparse
import contextlib
import hashlib
import os
import subprocess
import sys
import time

from advice import failure, venv_problem, version_problem
from fast_installer import own_pip, uv_command

REPOSITORY = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PROJECT = os.path.join(REPOSITORY, "pyproject.toml")
CONSTRAINTS = os.path.join(REPOSITORY, "constraints.txt")  # the versions that `make lock` chose
VENV = os.path.join(REPOSITORY, ".venv")
PYTHON = os.path.join(VENV, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
STAMP = os.path.join(VENV, "installed-for.txt")
EXTRAS = ("grading", "test")  # of pyproject.toml; the labs do without those of the tests


def say(started, text):
    """Shows one step of progress at once, with the seconds since the start."""
    print("[%3d s] %s" % (time.time() - started, text))
    sys.stdout.flush()


def run(command, started, has_to_work=True):
    """Runs a command, shows its steps, and returns whether it worked; ends the program with advice if it has to."""
    environment = dict(os.environ, PIP_USER="0")  # a user's PIP_USER=1 makes pip refuse any venv
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    lines = []
    try:
        for line in iter(process.stdout.readline, b""):
            lines.append(line.decode("utf-8", "replace").rstrip())
            if lines[-1].startswith("Collecting "):
                say(started, "  " + lines[-1].split()[1])
            elif lines[-1].startswith(("Resolved ", "Downloading ", "Prepared ", "Installed ")):  # uv's words
                say(started, "  " + lines[-1])
            elif lines[-1].startswith("Installing collected packages"):
                say(started, "Unpacking %d packages, the longest step" % len(lines[-1].split(",")))
            elif lines[-1].startswith("WARNING: Retrying"):
                say(started, "  the package index does not answer, trying again")
        if process.wait() != 0 and has_to_work:
            sys.exit(failure(lines))
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    return process.returncode == 0


@contextlib.contextmanager
def installing_alone():
    """Holds a second make back while a first one installs; the lock cannot outlive this process."""
    with open(PROJECT, "rb") as lock:
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass  # Windows has no such lock: there, two at once are the user's to avoid
        except BlockingIOError:
            say(time.time(), "Another make is installing into .venv; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def reason_to_make_venv(stamp, target):
    """Why .venv has to be made, or made again; None when it can stay."""
    if not os.path.exists(VENV):
        return "Creating .venv"
    try:
        ask = "import sys, pip; print('python %d.%d' % sys.version_info[:2])"
        found = subprocess.check_output([PYTHON, "-c", ask], stderr=subprocess.STDOUT).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        return ".venv is broken or incomplete; creating it again"
    if found != target[0]:
        return ".venv has %s, but this is %s; creating it again" % (found, target[0])
    if stamp and stamp[1] != target[1]:  # scripts in a .venv name its folder
        return "This folder was moved or copied; creating .venv again"
    return None


def wanted():
    """What the stamp in .venv says when it is in step: for which Python, folder, and choice of packages."""
    digest = hashlib.sha256()
    for path in (PROJECT, CONSTRAINTS):
        with open(path, "rb") as file:
            digest.update(file.read())
    return ["python %d.%d" % sys.version_info[:2], "folder " + REPOSITORY, "packages " + digest.hexdigest()]


def present():
    """What the stamp in .venv says, and in a fourth line which extras are installed; empty without one."""
    if not os.path.exists(STAMP):
        return []
    with open(STAMP, encoding="utf-8") as file:
        return file.read().splitlines()


def install(extras):
    """Brings .venv up to date, with these extras and those that are there already."""
    stamp, target = present(), wanted()
    there = stamp[3].split()[1:] if len(stamp) > 3 else []
    reason, started = reason_to_make_venv(stamp, target), time.time()
    if reason:
        say(started, reason)
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], started)
    elif stamp[:3] == target and set(extras) <= set(there):
        return
    if stamp and not reason:
        os.remove(STAMP)  # an installation that stops half way must not look finished
        extras = [name for name in EXTRAS if name in extras or name in there]
    say(started, "Installing the packages named in pyproject.toml: about 500 MB")
    what = ["--constraint", CONSTRAINTS, "--editable", "%s[%s]" % (REPOSITORY, ",".join(extras))]
    uv = uv_command(PYTHON)
    if not (uv and run(uv + ["pip"] + what, started, has_to_work=False)):
        say(started, "Installing with pip, which takes a minute or two")
        run(own_pip(PYTHON), started)
        run([PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"] + what, started)
    with open(STAMP, "w", encoding="utf-8") as file:
        file.write("\n".join(target + ["extras " + " ".join(extras)]) + "\n")
    say(started, "Installed into .venv")


def main():
    """Runs the checks, then the installation; the exit status is 0 only when .venv is ready."""
    parser = argparse.ArgumentParser(
        description="Create .venv and install the course into it, unless that is already done.",
        epilog="Example: python3 scripts/install.py --extras grading (what `make lab` runs first)",
    )
    about = "extras of pyproject.toml to install, in addition to what the labs need (default: %s)" % " ".join(EXTRAS)
    parser.add_argument("--extras", nargs="*", choices=EXTRAS, default=list(EXTRAS), help=about)
    extras = parser.parse_args().extras
    problem = version_problem(sys.version_info[:3]) or venv_problem()
    if problem:
        sys.exit(problem)
    try:
        with installing_alone():
            install(extras)
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to continue.")
        sys.exit(130)


if __name__ == "__main__":
    main()
