"""uv installs packages in seconds where pip takes a minute; where it cannot be had, pip does it.

As readable for an old Python as install.py, and for the same reason.
"""

# ruff: noqa: UP031
import re
import subprocess
import sys

UV = "uv>=0.9,<1"
# What a pip.conf or the environment may say of where packages are, as options that uv takes, too.
PLACES = ("index-url", "extra-index-url", "find-links", "no-index")
# And what uv does not read from there: who needs one of these is served by pip.
ONLY_PIP = ("proxy", "client-cert", "trusted-host", "keyring-provider")


def uv_command(python):
    """The beginning of a command that installs into `python`'s environment with uv; None where uv is not to be had."""
    try:
        pip, listed = pip_and_its_settings(python)
        settings = pip_settings(listed)
        if any(name in settings for name in ONLY_PIP):
            return None
        # Without a network pip itself is about to say so, after more patience.
        output(pip + ["--retries", "0", "install", "--quiet", UV])
    except (OSError, subprocess.CalledProcessError):
        return None
    return [python, "-m", "uv", "pip", "install", "--python", python] + places(settings)


def pip_and_its_settings(python):
    """A pip for `python`'s environment, and what its `config list` prints.

    The pip of the Python that runs this will do, from pip 22.3 on. Else the environment gets one, which takes longer
    than all that uv has to do.
    """
    options = ["--disable-pip-version-check", "--no-input"]
    try:
        pip = [sys.executable, "-m", "pip", "--python", python] + options
        return pip, output(pip + ["config", "list"])
    except subprocess.CalledProcessError:
        output(own_pip(python))
        pip = [python, "-m", "pip"] + options
        return pip, output(pip + ["config", "list"])


def own_pip(python):
    """The command that brings pip into `python`'s environment, from Python's own files; quick where it is there."""
    return [python, "-m", "ensurepip", "--default-pip"]


def output(command):
    """What a command prints, without its warnings."""
    return subprocess.check_output(command, stderr=subprocess.PIPE).decode("utf-8", "replace")


def pip_settings(listed):
    """{name: value} of what `pip config list` prints; the environment counts more than files, as for pip."""
    found = re.findall(r"^(\S+)\.([\w-]+)='(.*)'\r?$", listed, re.MULTILINE)
    return dict((name, value) for where, name, value in sorted(found, key=lambda line: line[0] == ":env:"))


def places(settings):
    """uv's options for where packages are."""
    options = []
    for name in PLACES:
        for value in settings.get(name, "").replace("\\n", " ").split():
            if name != "no-index":
                options += ["--" + name, value]
            elif value.lower() in ("1", "true", "yes", "on"):
                options.append("--no-index")
    if "--extra-index-url" in options:  # pip takes the best version of all places, uv that of the first with any
        options += ["--index-strategy", "unsafe-best-match"]
    return options
