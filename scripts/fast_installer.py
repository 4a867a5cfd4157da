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
        settings = pip_settings(settings_beside_uv(python))
    except (OSError, subprocess.CalledProcessError):
        return None
    if any(name in settings for name in ONLY_PIP):
        return None
    return [python, "-m", "uv", "pip", "install", "--python", python] + places(settings)


def settings_beside_uv(python):
    """What pip's `config list` prints, while pip brings uv into `python`'s environment.

    The pip of the Python that runs this will do, from pip 22.3 on. Else the environment gets one, which takes longer
    than all that uv has to do.
    """
    # Without a network pip itself is about to say so, after more patience.
    wanted = [["config", "list"], ["--retries", "0", "install", "--quiet", UV]]
    options = ["--disable-pip-version-check", "--no-input"]
    try:
        pip = [sys.executable, "-m", "pip", "--python", python] + options
        return outputs([pip + words for words in wanted])[0]
    except subprocess.CalledProcessError:
        outputs([own_pip(python)])
        return outputs([[python, "-m", "pip"] + options + words for words in wanted])[0]


def own_pip(python):
    """The command that brings pip into `python`'s environment, from Python's own files; quick where it is there."""
    return [python, "-m", "ensurepip", "--default-pip"]


def outputs(commands):
    """What each of these commands prints, without its warnings; they run side by side."""
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for words in commands]
    printed = [process.communicate()[0].decode("utf-8", "replace") for process in running]
    for process, words in zip(running, commands):
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, words)
    return printed


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
