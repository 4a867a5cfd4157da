"""Takes hidden tests out of an autograded notebook, which holds them, before anything of it is shown."""

import re

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

NOTE = "# hidden tests are run here"
WITHHELD = "(a line of a hidden test)"
# What a traceback says of the line that failed: IPython's arrow, and the judge's own words for a visible one.
ARROW = re.compile(r"^-+> *(\d+)(?: (.*))?$", re.MULTILINE)
JUDGES_LINE = re.compile(r"\Aline (\d+): (.*)$", re.MULTILINE)
IN_HIDDEN = "a hidden test"
# A shorter line is found in ordinary output by chance and gives nothing away: `else:`, `x = 1`.
TELLING = 10


def conceal(nb: NotebookNode, begin: str, end: str) -> None:
    """Leave of each hidden test that it is there, and of its failing that it failed, with its message; in place.

    begin, end: what a line holds that begins or ends hidden tests. Without an end the rest of the cell is hidden.

    Every traceback is made anew from the error's name and message, whoever wrote it: IPython's shows the lines
    around the one that failed. Where a test's line is quoted elsewhere, as by an answer that reads the test from the
    stack and prints it, that line is withheld as well.
    """
    shown: set[str] = set()
    secret: set[str] = set()
    parts = []
    for cell in nb.cells:
        lines = cell.source.splitlines()
        hidden = hidden_lines(lines, begin, end)
        parts.append((cell, lines, hidden))
        shown |= {line.strip() for number, line in enumerate(lines) if number not in hidden}
        secret |= {lines[number].strip() for number in hidden}
    # Longest first: what is left of a line that holds another one would still be readable.
    secrets = sorted((line for line in secret - shown if len(line) >= TELLING), key=len, reverse=True)
    for cell, lines, hidden in parts:
        for output in cell.get("outputs", ()):
            _conceal_output(output, lines, hidden, secrets)
        cell.source = visible_source(cell.source, lines, hidden)


def hidden_lines(lines: list[str], begin: str, end: str) -> set[int]:
    """The indices of the lines from each mark that begins hidden tests to the one that ends them, both included."""
    hidden, is_hidden = set(), False
    for number, line in enumerate(lines):
        is_hidden = is_hidden or begin in line
        if is_hidden:
            hidden.add(number)
        is_hidden = is_hidden and end not in line
    return hidden


def visible_source(source: str, lines: list[str], hidden: set[int]) -> str:
    """The source with a note for each run of hidden lines."""
    if not hidden:
        return source
    visible = []
    for number, line in enumerate(lines):
        if number not in hidden:
            visible.append(line)
        elif number - 1 not in hidden:
            visible.append(line[: len(line) - len(line.lstrip())] + NOTE)
    return "\n".join(visible)


def _conceal_output(output: NotebookNode, lines: list[str], hidden: set[int], secrets: list[str]) -> None:
    if output.get("output_type") == "error":
        name, message = (withheld(str(output.get(key) or ""), secrets) for key in ("ename", "evalue"))
        traceback = output.get("traceback")
        # labkit's failures are shown as their message alone, in the notebook and here.
        is_message = isinstance(traceback, list) and message and "\n".join(map(str, traceback)) == output.get("evalue")
        shown = message if is_message else f"{name}: {message}" if message else name
        where = "" if is_message else _where(traceback, lines, hidden)
        output.update(ename=name, evalue=message, where=where, traceback=[shown])
    elif isinstance(output.get("text"), str):
        output.text = withheld(output.text, secrets)
    elif isinstance(output.get("data"), dict):
        for kind, content in output.data.items():
            if isinstance(content, str) and kind.startswith("text/"):
                output.data[kind] = withheld(content, secrets)


def withheld(text: str, secrets: list[str]) -> str:
    """The text without the lines that are secret, as plain text."""
    text = strip_ansi(text)
    for secret in secrets:
        text = text.replace(secret, WITHHELD)
    return text


def _where(traceback: object, lines: list[str], hidden: set[int]) -> str:
    """The line of the cell that failed, "a hidden test", or "" where it cannot be told."""
    text = strip_ansi("\n".join(map(str, traceback))) if isinstance(traceback, list) else ""
    found = JUDGES_LINE.search(text) or ARROW.search(text)
    number = int(found[1]) - 1 if found else -1
    if number in hidden:
        return IN_HIDDEN
    # A traceback is not believed: what it quotes has to be a line that the page shows anyway.
    is_shown = 0 <= number < len(lines) and lines[number].strip() == (found[2] or "").strip()
    return lines[number].strip() if is_shown else ""
