"""Work that was handed in and is not graded is named, with what to do, and the exit status tells."""

import contextlib
import io
import json
import unicodedata
import zipfile

import pytest
from autograde_course import fresh, ours
from nbgrader.api import Gradebook
from register import answered
from tiny_course import ASSIGNMENT


def plain(notebook) -> dict:
    return json.loads(json.dumps(notebook))


def second(course, answer="return 3 * x") -> dict:
    found = plain(course.released("second"))
    cell = next(cell for cell in found["cells"] if "triple" in cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
    cell["source"] = f"def triple(x):\n    {answer}"
    return found


def place(course, path: str, content: dict | bytes) -> None:
    target = course.root / "submitted" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def zipped(content: dict) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("lab.ipynb", json.dumps(content))
    return packed.getvalue()


@pytest.fixture(scope="module")
def told(course, known, tmp_path_factory):
    """The lines of the table about each student, in one run over a class with all of it; the exit status."""
    own = fresh(course, tmp_path_factory.mktemp("unseen") / "course")
    untouched, right, both = plain(own.released()), plain(answered(own)), second(own)
    place(own, f"good/{ASSIGNMENT}/lab.ipynb", right)
    place(own, f"good/{ASSIGNMENT}/second.ipynb", both)
    place(own, f"copy/{ASSIGNMENT}/lab.ipynb", untouched)
    place(own, f"copy/{ASSIGNMENT}/lab-Copy1.ipynb", right)
    place(own, f"browser/{ASSIGNMENT}/lab.ipynb", right)
    place(own, f"browser/{ASSIGNMENT}/second (1).ipynb", both)
    place(own, f"same/{ASSIGNMENT}/lab.ipynb", right)
    place(own, f"same/{ASSIGNMENT}/old/lab.ipynb", right)
    place(own, f"mixed/{ASSIGNMENT}/lab.ipynb", both)
    place(own, f"packed/{ASSIGNMENT}/lab.ipynb", right)
    place(own, f"packed/{ASSIGNMENT}/more.ZIP", zipped(right))
    place(own, f"only-zip/{ASSIGNMENT}/lab.zip", zipped(right))
    place(own, f"bom/{ASSIGNMENT}/lab.ipynb", b"\xef\xbb\xbf" + json.dumps(right).encode())
    newer = plain(answered(own, double="def double(x):\n    return (2 *"))
    newer["metadata"]["language_info"] = {"name": "python", "version": "3.99.1"}
    place(own, f"newer/{ASSIGNMENT}/lab.ipynb", newer)
    place(own, "high/lab.ipynb", right)
    place(own, f"case/{ASSIGNMENT.upper()}/lab.ipynb", right)
    place(own, f"low/download/{ASSIGNMENT}/lab.ipynb", right)
    place(own, "archive/work.zip", zipped(right))
    place(own, f"{unicodedata.normalize('NFD', 'josé')}/{ASSIGNMENT}/lab.ipynb", right)
    with Gradebook(f"sqlite:///{own.root}/gradebook.db") as gradebook:
        gradebook.add_student("josé")
    return told_by(own)


def told_by(course) -> tuple[dict[str, str], int, dict]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        status = ours(course)
    lines: dict[str, str] = {}
    student = ""
    for line in out.getvalue().splitlines()[1:-1]:
        student = line.split()[0] if not line.startswith(" ") else student
        lines[student] = f"{lines.get(student, '')} {' '.join(line.split())}"
    return lines, status, course.points()


@pytest.mark.parametrize(
    "student, sentence",
    [
        (
            "copy",
            "lab-Copy1.ipynb was not graded: it is a copy of lab with other answers. Next step:",
        ),
        ("copy", "lab is as it was released: it holds no answer."),
        ("browser", "second (1).ipynb was not graded: it is second. Next step: rename it to second.ipynb."),
        ("same", "old/lab.ipynb was not graded: it is a copy of lab, which was graded, and has no more in it."),
        ("mixed", "lab holds the cells of second. Next step: ask for lab, or rename it."),
        ("mixed", "second was not handed in."),
        ("packed", "more.ZIP was not unpacked, and not graded."),
        ("only-zip", "contains no notebook, only lab.zip. lab.zip was not unpacked"),
        ("newer", "lab was written with Python 3.99. Here it is 3."),
        ("high", f"lab.ipynb is one folder too high. Next step: move it to high/{ASSIGNMENT}."),
        ("case", f"Its folder is called {ASSIGNMENT.upper()}. Next step: rename it to {ASSIGNMENT}."),
        ("low", f"download/{ASSIGNMENT} is one folder too low."),
        ("archive", "work.zip was not unpacked."),
        (unicodedata.normalize("NFD", "josé"), "another Unicode form of this name. Next step: rename the folder."),
    ],
)
def test_what_is_not_graded_is_named_with_a_next_step(told, student, sentence):
    lines, status, _ = told
    assert status == 1 and sentence in lines[student]


def test_who_handed_in_as_asked_is_not_talked_about(told):
    lines, _, points = told
    assert lines["good"].split() == ["good", "6"] and points["good"]["test_triple"] == 1


def test_a_byte_order_mark_costs_nothing(told):
    assert told[2]["bom"]["test_double"] == 2


def test_a_notebook_that_is_not_there_is_no_fault_of_the_run(course, known, tmp_path):
    own = fresh(course, tmp_path / "course")
    place(own, f"ada/{ASSIGNMENT}/lab.ipynb", plain(answered(own)))
    lines, status, _ = told_by(own)
    assert status == 0 and lines["ada"].endswith("second was not handed in.")
