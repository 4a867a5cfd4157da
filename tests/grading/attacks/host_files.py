"""Attacks on the machine by way of what is handed in beside, or instead of, a notebook."""

# ruff: noqa: E501 (programs in strings)

import os
import socket

from attack_register import but, host_attack, own_cell

SOURCE = "../../../source/phase-00/lab.ipynb"


def link_to(target):
    return lambda path: path.symlink_to(target)


@host_attack(earns=())
def a_notebook_that_is_a_link(nb):
    """lab.ipynb is a link to the source, solutions and all."""
    return {"lab.ipynb": link_to(SOURCE)}


@host_attack(earns=())
def a_notebook_that_is_a_hard_link(nb):
    """lab.ipynb is a hard link to the source."""
    return {"lab.ipynb": lambda path: os.link((path.parent / SOURCE).resolve(), path)}


@host_attack()
def links_among_the_files(nb):
    """Links to the source, the gradebook, /etc/passwd and a folder; none of it may reach autograded/."""
    own_cell(
        nb, "import glob\nprint([open(p, errors='replace').read(200) for p in glob.glob('**/*.*', recursive=True)])"
    )
    return {
        "data.txt": link_to(SOURCE),
        "grades.txt": link_to("../../../gradebook.db"),
        "users.csv": link_to("/etc/passwd"),
        "folder": link_to("../../../source"),
        "loop": link_to("loop"),
        "hard.txt": lambda path: os.link(path.parents[3] / "gradebook.db", path),
    }


@host_attack(dangerous_to_host=True)
def a_fifo_and_a_socket(nb):
    """A FIFO, which whoever opens it waits for, and a socket."""

    def a_socket(path):
        before = os.getcwd()
        os.chdir(path.parent)  # the path of a socket must be short
        try:
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(path.name)
        finally:
            os.chdir(before)

    return {"pipe.txt": os.mkfifo, "socket.txt": a_socket}


@host_attack(dangerous_to_host=True)
def a_device(nb):
    """/dev/zero under the name of a data file, where whoever hands in may make devices."""

    def zero(path):
        try:
            os.mknod(path, 0o20666, os.makedev(1, 5))
        except OSError:
            path.write_text("no devices can be made here")

    return {"zeros.bin": zero}


@host_attack(earns=(), dangerous_to_host=True)
def a_notebook_that_is_a_fifo(nb):
    return {"lab.ipynb": os.mkfifo}


@host_attack()
def folders_without_end(nb):
    """Folders 120 deep."""
    return {"/".join(["d"] * 120) + "/deep.txt": "deep"}


@host_attack()
def ten_thousand_files(nb):
    def many(path):
        path.mkdir()
        for number in range(10_000):
            (path / f"{number}.txt").touch()

    return {"many": many}


@host_attack(dangerous_to_host=True)
def a_gigabyte_of_nothing(nb):
    """A file of 1 GB that takes no room on the disk until it is copied."""

    def sparse(path):
        with open(path, "wb") as file:
            file.truncate(2**30)

    return {"big.bin": sparse}


@host_attack()
def modules_of_ones_own(nb):
    """numpy.py, nbgrader_config.py, sitecustomize.py, usercustomize.py, .pth, an IPython start-up file: none is run."""
    evil = "raise SystemExit('taken over')\n"
    names = (
        "numpy.py",
        "numpy/__init__.py",
        "json.py",
        "math.py",
        "nbgrader_config.py",
        "jupyter_config.py",
        "nbgrader.py",
    )
    names += (
        "sitecustomize.py",
        "usercustomize.py",
        "evil.pth",
        ".ipython/profile_default/startup/00.py",
        "grading.py",
    )
    return {name: evil for name in names if name != "numpy/__init__.py"} | {"mini_vllm/__init__.py": evil}


@host_attack()
def file_names_that_mean_something(nb):
    """Names with line breaks, quotes, options and dots."""
    return {"--help": "x", "a\nb.txt": "x", "'; rm -rf x": "x", "..hidden": "x", "ä ö.txt": "x", "%s{x}.txt": "x"}


@host_attack(solved=but("softmax"), earns=but("softmax"))
def a_stock_plugin_in_the_metadata(nb):
    """Notebook metadata that names a kernel, a language and a template of its own."""
    nb.metadata.kernelspec = {"name": "../../evil", "display_name": "x", "language": "bash", "argv": ["sh"]}
    nb.metadata.language_info = {"name": "python", "file_extension": "/../../evil.py", "nbconvert_exporter": "evil"}
    nb.metadata.celltoolbar = nb.metadata.widgets = {"a": [1]}
