"""Why an answer lost its points: the messages of a graded notebook's failing tests."""

import builtins
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grading.judge.notebook import HIDDEN_TOO_LONG
from grading.plain_text import one_line
from grading.steps.entry import MAX_NOTEBOOK_BYTES, read_regular

LIKELY = re.compile(r"^Likely cause: (.+)", re.MULTILINE)
RAISED = re.compile(r"\A(?:(?! raised | returned ).){0,300} raised (\w+): (.*)")  # the first: the rest may quote
BY_LABKIT = {"AnswerRaised", "CheckFailed"}  # no student's error has these names; see grading.judge.imitations
WITH_A_CAUSE = {"NameError", "AttributeError", "FrozenInstanceError"}  # in labkit.call: the last lines are its own
NUMBER = r"(?<!\w)-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?(?!\w)"
NUMBERS = re.compile(rf"{NUMBER}(?:, {NUMBER})*")


class Error(msgspec.Struct):
    """An output of a cell; of those that are not errors the fields are empty."""

    ename: str = ""
    evalue: str = ""


class Claim(msgspec.Struct):
    grade_id: str = ""


class Metadata(msgspec.Struct):
    nbgrader: Claim | None = None


class Cell(msgspec.Struct):
    metadata: Metadata
    outputs: list[Error] = []


class Notebook(msgspec.Struct):
    """The little that is read of a notebook. Everything else is skipped without being built."""

    cells: list[Cell]


DECODER = msgspec.json.Decoder(Notebook)


@dataclass(frozen=True)
class Cause:
    """text: one sentence. is_answer: whether the answer is wrong; otherwise something kept it from being tested."""

    text: str
    is_answer: bool = True


def errors(path: Path) -> dict[str, Error]:
    """The last error of each named cell that has one.

    Errors: OSError; ValueError, RecursionError if it is not a regular file, too large or not a notebook.
    """
    cells = DECODER.decode(read_regular(path, MAX_NOTEBOOK_BYTES)).cells
    named = ((cell.metadata.nbgrader.grade_id, cell.outputs) for cell in cells if cell.metadata.nbgrader)
    return {name: output for name, outputs in named for output in outputs if output.ename}


def cause_of(answers: tuple[str, ...], test: str, found: dict[str, Error]) -> Cause:
    """Why a test failed. answers: the names of the cells with the answer. found: from `errors`."""
    for error in filter(None, map(found.get, answers)):
        if error.ename == "CellTimeout":
            return Cause("The answer's cell ran out of time.", is_answer=False)
        if error.ename == "CellFailed":
            return Cause(one_line(error.evalue), is_answer=False)
        return Cause(f"The answer's cell did not run: {_builtin(error.ename)}.", is_answer=False)
    if test not in found:
        return Cause("The test gave a part of its points, without a message.")
    error = found[test]
    if error.ename == "NotRun":
        return Cause(one_line(error.evalue), is_answer=False)
    if error.ename == "TestTooLong":
        is_hidden = error.evalue == HIDDEN_TOO_LONG
        return Cause(HIDDEN_TOO_LONG if is_hidden else "The test took too long.", is_answer=False)
    raised = RAISED.match(error.evalue)
    if raised and raised[1] == "CallFailed" and error.ename in BY_LABKIT:
        text = "The answer did not return in time." if raised[2].endswith("it took too long") else one_line(raised[2])
        return Cause(text, is_answer=False)
    has_no_cause = raised and error.ename == "AnswerRaised" and raised[1] not in WITH_A_CAUSE
    if not has_no_cause and (causes := LIKELY.findall(error.evalue)):
        return Cause(first_sentence(one_line(causes[-1], 300)))
    if raised:
        return Cause(f"The answer raised {_builtin(raised[1])}.")
    first_line = next(iter(error.evalue.splitlines()), "")
    return Cause(first_sentence(one_line(first_line, 300)) or f"The test failed with {_builtin(error.ename)}.")


def first_sentence(text: str) -> str:
    """Up to the first full stop before a blank. A message's further sentences are advice, or about other functions."""
    return re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0]


def same_cause(text: str) -> str:
    """The text without its numbers, so that a cause that names them is counted once."""
    return NUMBERS.sub("…", text)


def _builtin(name: str) -> str:
    """The name of one of Python's own errors; any other may be a student's words."""
    return name if isinstance(getattr(builtins, name, None), type) else "an error that is not Python's own"
