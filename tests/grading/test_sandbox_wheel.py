"""What `pip install .` puts into an environment, where a student's code could look for it."""

import importlib
import zipfile
from pathlib import Path

import pytest
from built_wheel import ROOT

LABS = sorted(folder.name for folder in (ROOT / "tests" / "answers").glob("lab_*"))


@pytest.fixture(scope="module")
def installed(wheel) -> dict[str, str]:
    """The files of the wheel's packages, and their text."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        return {name: archive.read(name).decode(errors="replace") for name in names}


def test_a_wheel_holds_no_collected_answer(installed):
    assert {Path(name).parts[0] for name in installed} == {"grading", "labkit", "mini_vllm"}
    text = "\n".join(installed.values())
    codes = [answer.code for lab in LABS for answer in answers_of(lab)]
    assert len(codes) > 100 and not [code for code in codes if len(code) > 100 and code in text]


def test_a_wheel_holds_what_grading_needs_besides_modules(installed):
    """A template that is left out is missed only when the first page is made."""
    for folder in (path.relative_to(ROOT).as_posix() for path in ROOT.glob("grading/**/templates")):
        assert {f"{folder}/{path.name}" for path in (ROOT / folder).iterdir() if path.is_file()} <= {*installed}
    assert installed["grading/feedback/templates/style.css"]


def answers_of(lab: str) -> list:
    return importlib.import_module(f"answers.{lab}").ANSWERS
