"""The configuration files that `make lab` and Binder write into the course's own environment."""

import importlib.util
import json
import sys
from pathlib import Path

# Markdown files open rendered; no question about news at the first start.
SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
# nbgrader's tools for instructors. Validate is not among them.
LAB_EXTENSIONS = tuple(
    f"@jupyter/nbgrader:{part}"
    for part in ("menu", "formgrader", "assignment-list", "course-list", "create-assignment")
)
SERVER_EXTENSIONS = tuple(
    f"nbgrader.server_extensions.{part}" for part in ("formgrader", "assignment_list", "course_list")
)
# The Formgrader with escaped pages and a policy on scripts, in place of nbgrader's; students' copies have none.
FORMGRADER = {}
if importlib.util.find_spec("grading"):
    FORMGRADER = {"nbgrader.server_extensions.formgrader": False, "grading.formgrader": True}
# Without labkit, as in an environment of an older course, kernels start as usual.
NEXT_STEPS = """
# Written by the course: the lab notebooks' advice on errors (labkit), from the first cell on.
import importlib.util
if importlib.util.find_spec("labkit"):
    get_config().InteractiveShellApp.extensions.append("labkit")
"""
# Validate starts its kernel by itself; without this, jupyter_client 8.9 and newer warn about each one.
ENCRYPTED_KERNELS = """
from jupyter_client import KernelManager
if "transport_encryption" in KernelManager.class_trait_names():
    get_config().KernelManager.transport_encryption = "auto"
"""


def write_settings() -> None:
    """Set this environment's defaults for JupyterLab; a user's own settings take precedence."""
    _write(Path(sys.prefix, "share", "jupyter", "lab", "settings", "overrides.json"), _json(SETTINGS))
    if FORMGRADER:  # the file is read after nbgrader.json, by the order of their names
        extensions = Path(sys.prefix, "etc", "jupyter", "jupyter_server_config.d", "nbgrader_of_the_course.json")
        _write(extensions, _json({"ServerApp": {"jpserver_extensions": FORMGRADER}}))


def write_next_steps() -> None:
    """Load labkit's IPython extension in every kernel of this environment; keep what the file already holds."""
    path = Path(sys.prefix, "etc", "ipython", "ipython_kernel_config.py")
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if NEXT_STEPS.strip() not in before:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{before.rstrip()}\n{NEXT_STEPS}".lstrip(), encoding="utf-8")
    except (OSError, UnicodeError):  # an environment that belongs to somebody else: the labs work without
        pass


def students_server() -> Path:
    """Write a folder for JUPYTER_CONFIG_PATH that turns nbgrader's tools for instructors off in one server."""
    folder = Path(sys.prefix, "share", "mini-vllm", "students-server")
    lab = {"disabledExtensions": dict.fromkeys(LAB_EXTENSIONS, True)}
    server = {"ServerApp": {"jpserver_extensions": dict.fromkeys((*SERVER_EXTENSIONS, *FORMGRADER), False)}}
    _write(folder / "labconfig" / "page_config.json", _json(lab))
    _write(folder / "jupyter_server_config.d" / "nbgrader.json", _json(server))
    _write(folder / "nbgrader_config.py", ENCRYPTED_KERNELS.lstrip())
    return folder


def _json(content: dict) -> str:
    return json.dumps(content, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError:  # an environment that belongs to somebody else: JupyterLab works without
        pass
