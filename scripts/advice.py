"""What the installer tells a user whose Python will not do, or whose installation failed.

As readable for an old Python as install.py, and for the same reason.
"""

# ruff: noqa: UP031
import sys

OLDEST = (3, 11)  # as requires-python in pyproject.toml; tests/scripts holds the two together
AGAIN = "then run the same command again; it continues."
# Signs in the output of pip or venv, what they mean, and the next step. The first match counts.
REASONS = (
    (("No space left", "Errno 28"), "the disk is full", "Free about 1 GB, " + AGAIN),
    (
        ("Permission denied", "Errno 13", "Access is denied"),
        "a file or folder is not writable",
        "Make this folder writable, close any JupyterLab that uses it, " + AGAIN,
    ),
    (
        ("from versions: none", "onnectionError", "onnection broken", "imed out", "ProxyError", "SSLError"),
        "pip did not reach the package index",
        "Check your connection or proxy, " + AGAIN,
    ),
    ((), "pip or venv failed", "Find the cause in the lines above, " + AGAIN),
)


def version_problem(version):
    """Says what is wrong with this Python version, or None."""
    if tuple(version[:2]) >= OLDEST:
        return None
    return (
        "This is Python %s; the course needs Python %d.%d or newer.\n"
        "Install a newer one and select it, for example: make lab PYTHON=python3.12"
    ) % ((".".join(str(part) for part in version[:3]),) + OLDEST)


def venv_problem():
    """Says which module for making .venv this Python lacks (Debian packages them apart), or None."""
    for module in ("venv", "ensurepip"):
        try:
            __import__(module)
        except ImportError:
            return (
                "This Python has no module '%s', so it cannot make .venv. Install it, on Debian or\n"
                "Ubuntu with: sudo apt install python%d.%d-venv\nThen run the same command again."
            ) % ((module,) + sys.version_info[:2])
    return None


def failure(lines):
    """What to tell about a step that failed with these lines of output."""
    for signs, meaning, advice in REASONS:
        if not signs or any(sign in line for sign in signs for line in lines):
            return "\n".join(lines[-12:] + ["", "Not installed: " + meaning + ".", advice])
