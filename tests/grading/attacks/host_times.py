"""Attacks by way of timestamp.txt, which nbgrader reads itself, and of files with odd rights.

A timestamp that is no short regular file is set aside, and the rest graded. One whose text is no time keeps the
submission from being graded, by name: a late penalty depends on it, and a person has to look.
"""

import os
import socket

from attack_register import host_attack


def time_of(name: str, doc: str, make, **more) -> None:
    """Register a submission with this as its timestamp.txt. make: text, bytes, or what makes it at a path."""

    def change(nb):
        return {"timestamp.txt": make}

    change.__name__, change.__doc__ = name, doc
    host_attack(**more)(change)


def sparse(path):
    with open(path, "wb") as file:
        file.truncate(2**31)


def bound_socket(path):
    before = os.getcwd()
    os.chdir(path.parent)  # the path of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(before)


time_of("a_time_that_is_a_fifo", "timestamp.txt is a FIFO.", os.mkfifo, dangerous_to_host=True)
time_of(
    "a_time_of_zeros",
    "timestamp.txt is a link to /dev/zero.",
    lambda p: p.symlink_to("/dev/zero"),
    dangerous_to_host=True,
)
time_of("a_time_of_two_gigabytes", "timestamp.txt is a sparse file of 2 GiB.", sparse, dangerous_to_host=True)
time_of(
    "a_time_that_is_a_link",
    "timestamp.txt is a link to the gradebook.",
    lambda p: p.symlink_to("../../../gradebook.db"),
)
time_of("a_time_that_is_a_folder", "timestamp.txt is a folder.", lambda p: p.mkdir())
time_of("a_time_that_is_a_socket", "timestamp.txt is a socket.", bound_socket)
time_of("a_time_that_is_none", "timestamp.txt holds bytes that are no text.", b"\xff\xfe\x00\x1b[2J" * 99, earns=None)
time_of(
    "a_time_in_no_calendar",
    "timestamp.txt holds a date that no calendar has.",
    "2026-13-45 99:99:99 Nowhere\n",
    earns=None,
)
time_of(
    "a_time_beyond_all",
    "timestamp.txt holds a year and an offset beyond all limits.",
    "99999-01-01 00:00 +99:99\n",
    earns=None,
)
time_of("a_time_of_a_megabyte", "timestamp.txt holds a million digits.", "9" * 10**6)
time_of(
    "a_time_of_zeros_by_pipe",
    "timestamp.txt is a link to a pipe that a process holds.",
    lambda p: p.symlink_to("/proc/self/fd/0"),
)


@host_attack()
def files_that_nobody_may_read(nb):
    """Files and folders without rights, which root reads and others do not, and one that can be run."""

    def shut(path):
        path.mkdir()
        (path / "inner").write_text("x")
        (path / "inner").chmod(0)
        path.chmod(0)

    def closed(path):
        path.write_text("x")
        path.chmod(0)

    def run(path):
        path.write_text("#!/bin/sh\ntouch /var/tmp/written\n")
        path.chmod(0o4777)

    return {"shut": shut, "closed.txt": closed, "run.sh": run}


@host_attack()
def names_of_files_for_the_terminal(nb):
    """File names of terminal escapes, surrogates and 255 bytes; a folder called like the notebook's checkpoints."""

    def odd(path):
        path.mkdir()
        for name in (b"\x1b]0;taken\x07\xff", b"\x1b[2J", b"n" * 255, b"\xe2\x80\xae.txt", b"-rf", b"~"):
            open(os.fsencode(path) + b"/" + name, "w").close()

    return {"odd": odd, ".ipynb_checkpoints/lab-checkpoint.ipynb": "{", "autograded/x": "", "lab.ipynb.txt": ""}
