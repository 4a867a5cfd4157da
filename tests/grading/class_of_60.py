"""A class of 60 that hands in the way real classes do, with every kind of trouble that the grader knows.

Each student's folder in submitted/ is filled by `hand_in_all`; the four unreadable submissions come first.
"""

import io
import json
import os
import zipfile
from pathlib import Path

from autograde_course import hand_in
from register import CLASS, WRONG, answered
from tiny_course import ASSIGNMENT, Course

NUM_STUDENTS = 60


def hand_in_all(course: Course) -> None:
    """Write submitted/ of 60 students, and the outside files that two of them link to."""
    right, second = plain(answered(course)), plain(answered(course, "second"))
    text = json.dumps(right)
    (course.root / "answers.ipynb").write_text(text)
    for number, broken in enumerate([text[: len(text) // 2], "", "[1, 2, 3]", "\x00" * 400]):
        hand_in(course, f"0-unreadable-{number}", {"lab.ipynb": broken, "second.ipynb": second})
    for name, make in CLASS.items():
        hand_in(course, name.replace("_", "-"), make(course))
    for student, files in (IN_PLACE | SOMEWHERE_ELSE).items():
        for path, content in files(right, second, text).items():
            write(course.root / "submitted" / student / path, content)
    for student, make in NO_ORDINARY_FILES.items():
        folder = course.root / "submitted" / student / ASSIGNMENT
        write(folder / "second.ipynb", second)
        make(folder, text)
    write(course.root / "submitted" / "paper.pdf", b"%PDF-1.7")
    honest = NUM_STUDENTS - len([path for path in (course.root / "submitted").iterdir() if path.is_dir()])
    for number in range(honest):
        wrong = {} if number % 3 else {"double": WRONG["double"]}
        files = {"lab.ipynb": plain(answered(course, **wrong)), "second.ipynb": second}
        hand_in(course, f"student-{number:02}", files, timestamp=f"2026-11-{number + 1:02} 10:00:00 UTC")


def plain(notebook) -> dict:
    return json.loads(json.dumps(notebook))


def write(path: Path, content: dict | str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def zipped(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lab.ipynb", text)
    return packed.getvalue()


def untouched_answer(lab: dict) -> dict:
    """The lab with its first answer taken out again."""
    found = json.loads(json.dumps(lab))
    cell = next(cell for cell in found["cells"] if "return 2 * x" in "".join(cell["source"]))
    cell["source"] = "def double(x):\n    raise NotImplementedError()"
    return found


def with_version(lab: dict, version: str) -> dict:
    found = json.loads(json.dumps(lab))
    found["metadata"]["language_info"] = {"name": "python", "version": version}
    found["cells"][2]["source"] = "def double(x):\n    return (2 *"
    return found


# By student: a function of the right lab, the second lab, and the first one's text, to files by their path.
IN_PLACE = {
    "copy-has-the-work": lambda lab, second, text: {
        f"{ASSIGNMENT}/lab.ipynb": untouched_answer(lab),
        f"{ASSIGNMENT}/lab-Copy1.ipynb": lab,
    },
    "browser-renamed-it": lambda lab, second, text: {
        f"{ASSIGNMENT}/lab.ipynb": lab,
        f"{ASSIGNMENT}/second (1).ipynb": second,
    },
    "old-copy-beside": lambda lab, second, text: {
        f"{ASSIGNMENT}/lab.ipynb": lab,
        f"{ASSIGNMENT}/old/lab.ipynb": lab,
    },
    "one-under-the-other": lambda lab, second, text: {f"{ASSIGNMENT}/lab.ipynb": second},
    "zip-beside": lambda lab, second, text: {
        f"{ASSIGNMENT}/lab.ipynb": lab,
        f"{ASSIGNMENT}/more.ZIP": zipped(text),
    },
    "only-a-zip": lambda lab, second, text: {f"{ASSIGNMENT}/lab.zip": zipped(text)},
    "only-a-pdf": lambda lab, second, text: {f"{ASSIGNMENT}/lab.pdf": b"%PDF-1.7"},
    "only-a-script": lambda lab, second, text: {f"{ASSIGNMENT}/lab.py": "def double(x):\n    return 2 * x\n"},
    "an-essay-notebook": lambda lab, second, text: {
        f"{ASSIGNMENT}/lab.ipynb": lab,
        f"{ASSIGNMENT}/Untitled.ipynb": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5},
    },
    "byte-order-mark": lambda lab, second, text: {f"{ASSIGNMENT}/lab.ipynb": b"\xef\xbb\xbf" + text.encode()},
    "latin-1": lambda lab, second, text: {
        f"{ASSIGNMENT}/lab.ipynb": text.replace("# Lab", "# L\u00e4b").encode("latin-1"),
        f"{ASSIGNMENT}/second.ipynb": second,
    },
    "utf-16": lambda lab, second, text: {f"{ASSIGNMENT}/lab.ipynb": text.encode("utf-16")},
    "newer-python": lambda lab, second, text: {f"{ASSIGNMENT}/lab.ipynb": with_version(lab, "3.99.1")},
    "no-real-time": lambda lab, second, text: {
        f"{ASSIGNMENT}/lab.ipynb": lab,
        f"{ASSIGNMENT}/timestamp.txt": "tomorrow",
    },
    "nothing-inside": lambda lab, second, text: {f"{ASSIGNMENT}/.keep": b""},
    "mac-twins": lambda lab, second, text: {
        f"{ASSIGNMENT}/lab.ipynb": lab,
        f"{ASSIGNMENT}/._lab.ipynb": b"\x00\x05\x16\x07" * 20,
        f"{ASSIGNMENT}/.ipynb_checkpoints/lab-checkpoint.ipynb": lab,
    },
}
SOMEWHERE_ELSE = {
    "too-high": lambda lab, second, text: {"lab.ipynb": lab},
    "other-case": lambda lab, second, text: {f"{ASSIGNMENT.upper()}/lab.ipynb": lab},
    "too-low": lambda lab, second, text: {f"download/{ASSIGNMENT}/lab.ipynb": lab},
    "whole-zip": lambda lab, second, text: {"work.zip": zipped(text)},
    "jose\u0301": lambda lab, second, text: {f"{ASSIGNMENT}/lab.ipynb": lab},  # in macOS's Unicode form
    "\u9673\u5927\u6587": lambda lab, second, text: {f"{ASSIGNMENT}/lab.ipynb": lab},
    "o'brien": lambda lab, second, text: {f"{ASSIGNMENT}/lab.ipynb": lab},
}


def _large(folder: Path, text: str) -> None:
    with open(folder / "lab.ipynb", "wb") as file:
        file.write(text.encode())
        file.truncate(70 * 2**20)


NO_ORDINARY_FILES = {
    "fifo": lambda folder, text: os.mkfifo(folder / "lab.ipynb"),
    "fifo-for-a-time": lambda folder, text: os.mkfifo(folder / "timestamp.txt"),
    "link-outside": lambda folder, text: (folder / "lab.ipynb").symlink_to("../../../answers.ipynb"),
    "hard-link": lambda folder, text: os.link(folder.parents[2] / "answers.ipynb", folder / "lab.ipynb"),
    "folder-for-a-lab": lambda folder, text: write(folder / "lab.ipynb" / "lab.ipynb", text),
    "seventy-megabytes": _large,
}
