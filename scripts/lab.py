"""Open JupyterLab where the student left off, or on the first phase's start page; print the address with its token.

Run by the Python of .venv (`make lab` does that). A student works in work/, a copy of release/ that git ignores.
The server's root is the repository, so that nbgrader finds nbgrader_config.py.
"""

import argparse
import errno
import importlib.util
import logging
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import jupyter_files
import working_copy

REPOSITORY = Path(__file__).resolve().parent.parent
EVERYWHERE = ("0.0.0.0", "::")
IMPORTED_LAST = ("sqlalchemy", "nbgrader.api", "ipykernel.kernelapp", "ipywidgets", "matplotlib.pyplot")


def arguments(argv):
    """Reads the command line; a wrong value ends the program with status 2."""
    parser = argparse.ArgumentParser(
        description="Open JupyterLab on work/, the student's copy of release/: on the notebook edited last, "
        "or at first on the start page.",
        epilog="Example: .venv/bin/python scripts/lab.py --port 8890 --open no",
    )
    parser.add_argument("--port", default="8888", help="the port to listen on (default: 8888)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1, only you)")
    ask = "open a browser (default: auto, if there is a display)"
    parser.add_argument("--open", choices=["auto", "yes", "no"], default="auto", help=ask)
    people = "instructor: open source/, with nbgrader's Formgrader and Create Assignment (default: student)"
    parser.add_argument("--for", choices=["student", "instructor"], default="student", dest="person", help=people)
    options = parser.parse_args(argv)
    if not (options.port.isascii() and options.port.isdigit() and 1 <= int(options.port) <= 65535):
        parser.exit(
            2,
            f"PORT is {options.port!r}; it must be a whole number from 1 to 65535.\n"
            "Leave PORT out, or choose one, for example: make lab PORT=8890\n",
        )
    options.port = int(options.port)
    return options


def address_problem(host, port):
    """Says why the server cannot listen there, by trying to; None when it can.

    Jupyter would search for another port by itself, and the address then is not the one asked for.
    """
    other = port + 1 if port < 65535 else 8890
    wrong_host = (
        f"HOST is {host!r}, which is not an address of this machine. Leave HOST out (only you can connect),\n"
        f"or allow other machines to connect: make lab HOST=0.0.0.0"
    )
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            if os.name != "nt":  # as the server will do; on Windows it would share a port in use
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except (socket.gaierror, UnicodeError):
        return wrong_host
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} is in use, perhaps by a JupyterLab you opened before.\n"
                f"Close it, or use another port: make lab PORT={other}"
            )
        if error.errno == errno.EACCES:
            return f"You have no permission to use port {port}. Use one above 1023, for example: make lab PORT=8890"
        return wrong_host
    return None


def can_show_browser():
    """Whether a browser window has somewhere to open; without one, a text browser would take the terminal."""
    if os.environ.get("CI") or os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def phases(folder):
    """The names of the phases that release/, work/ or source/ has, in order."""
    return sorted(path.name for path in (REPOSITORY / folder).glob("phase-[0-9][0-9]-*") if path.is_dir())


def start_page(folder):
    """The first phase's start page in release/, work/ or source/; the phase's folder if it has none."""
    phase = f"{folder}/{phases(folder)[0]}"
    page = f"{phase}/README.md"
    return page if (REPOSITORY / page).is_file() else phase


def students_page():
    """What a student sees first: the notebook that they edited last, or the start page."""
    folder = students_folder()
    latest = working_copy.edited_last(REPOSITORY) if folder == working_copy.FOLDER else None
    return f"{folder}/{latest}" if latest else start_page(folder)


def students_folder():
    """Bring work/ up to date and return its name; "release" where work/ cannot be written."""
    try:
        outdated = working_copy.update(REPOSITORY)
    except OSError as error:
        print(f"work/ cannot be written ({error}), so the notebooks open in release/.")
        return "release"
    if outdated:
        print(working_copy.advice(outdated))
    return working_copy.FOLDER


def announce(host, port, page, token):
    """Print where JupyterLab is."""
    shown = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    print(f"\nJupyterLab: http://{shown}:{port}/lab/tree/{page}?token={token}")
    if host in EVERYWHERE:
        print(f"From another machine, write {socket.gethostname()} for 127.0.0.1.")
        print("Anyone who has this address can run code on this machine.")
    print("Ctrl-C stops it\n", flush=True)


def is_news(record):
    """Whether a line of the log is worth showing; two lines that report no problem come with every notebook."""
    if record.msg == "Notebook %s is not trusted":  # about the outputs that a notebook comes with; these have none
        return False
    # jupyter_server gives tornado milliseconds for seconds, and tornado corrects one of the two values.
    return not record.getMessage().startswith("The websocket_ping_timeout")


def compile_beside():
    """Compiles, at a first start, what the server imports last and its kernels need, beside the server's own imports.

    Compiling takes most of that start, and a server that starts does it on one processor.
    """
    first = importlib.util.find_spec(IMPORTED_LAST[0])
    if first and not sys.dont_write_bytecode and not os.path.exists(importlib.util.cache_from_source(first.origin)):
        # What cannot be imported says so where it is needed.
        subprocess.Popen([sys.executable, "-c", f"import {', '.join(IMPORTED_LAST)}"], stderr=subprocess.DEVNULL)


def serve(options, page):
    """Run JupyterLab in this process until Ctrl-C; `page` is what it opens."""
    # Kernels and terminals in the lab get this Python and its tools, whatever the user has elsewhere.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["VIRTUAL_ENV"] = sys.prefix  # IPython adds the packages of the one named here
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
    if options.person == "student":
        others = os.environ.get("JUPYTER_CONFIG_PATH", "")
        folders = [str(jupyter_files.students_server()), *filter(None, [others])]
        os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(folders)
    compile_beside()
    path = os.environ["PATH"]
    os.environ["PATH"] = os.path.dirname(sys.executable)  # JupyterLab's import asks a node on the path, for a second
    try:
        from jupyter_client import KernelManager
        from jupyterlab.labapp import LabApp
    except ImportError as error:
        sys.exit(f"JupyterLab cannot be imported ({error}). Reinstall it: make clean, then make lab")
    os.environ["PATH"] = path
    jupyter_files.write_settings()
    jupyter_files.write_next_steps()
    token = secrets.token_hex(24)
    browser = can_show_browser() if options.open == "auto" else options.open == "yes"
    settings = {
        "ServerApp.ip": options.host,
        "ServerApp.port": options.port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": REPOSITORY,
        "ServerApp.base_url": "/",
        "ServerApp.open_browser": browser,
        "ServerApp.allow_root": getattr(os, "geteuid", lambda: 1)() == 0,
        "ServerApp.answer_yes": True,  # one Ctrl-C is enough
        "Application.log_level": "WARN",
        "LabApp.default_url": f"/lab/tree/{page}",
        "IdentityProvider.token": token,  # in this process only, so no other user sees it in a list of processes
    }
    if "transport_encryption" in KernelManager.class_trait_names():  # jupyter_client 8.9 and newer
        settings["KernelManager.transport_encryption"] = "auto"  # else each kernel warns that it has none
    server = LabApp.initialize_server([f"--{name}={value}" for name, value in settings.items()])
    for log in (server.log, logging.getLogger("tornado.general")):
        log.addFilter(is_news)
    # The loop's first task, queued by now, is to listen; so whoever reads the address can use it at once.
    server.io_loop.add_callback(announce, options.host, options.port, page, token)
    server.start()


def main(argv=None):
    """Check the options, then serve; the exit status is 0 after Ctrl-C."""
    options = arguments(argv)
    if not phases("release"):
        sys.exit("The folder release/ is missing or contains no phase. Generate it from source/ with: make release")
    problem = address_problem(options.host, options.port)
    if problem:
        sys.exit(problem)
    try:
        if options.person == "student":
            page = students_page()
        else:
            page = start_page("source" if phases("source") else "release")
        serve(options, page)
    except KeyboardInterrupt:  # before the server itself listens for Ctrl-C
        print("\nStopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
