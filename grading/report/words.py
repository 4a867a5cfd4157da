"""Which words of a message are the course's own.

A message may quote a student: an error's text, the name of a variable, a value. A page without names shows only what
stands in the course's own source: a string of it, and of an f-string the fixed parts.
"""

import ast
import builtins
import functools
from collections.abc import Iterable, Iterator
from pathlib import Path

import grading.judge
import labkit
from grading.report.causes import first_sentence

FEWEST_LETTERS = 10  # in the fixed parts of a string; one with fewer could be anybody's, or fit anything
OWN = (Path(labkit.__file__).parent, Path(grading.judge.__file__).parent, Path(__file__).parent)


class CourseWords:
    """Texts of the course. sources: of its test cells; labkit's and the grader's are always among them.

    names: what an f-string may be filled in with and shown, such as the names of exercises.
    """

    def __init__(self, sources: Iterable[str], names: Iterable[str]) -> None:
        own = (path.read_text(encoding="utf-8") for folder in OWN for path in sorted(folder.rglob("*.py")))
        self._templates = {template for source in (*own, *sources) for template in _templates(source)}
        self._names = {*names, *vars(builtins)}
        self.only = functools.cache(self._only)

    def _only(self, text: str) -> str | None:
        """A sentence, without its full stop, with "…" for what is not the course's; None if nothing of it is."""
        text = text.removesuffix(".")
        fitting = [(parts, filled) for parts in self._templates if (filled := _filled(text, parts)) is not None]
        if not fitting:
            return None
        (first, *others), filled = max(fitting, key=lambda fit: _letters(fit[0]))
        shown = (name if name in self._names else "…" for name in filled)
        return first + "".join(name + part for name, part in zip(shown, others))


def _templates(source: str) -> Iterator[tuple[str, ...]]:
    """The fixed parts of each string in Python source, up to its first full stop: one part, or more of an f-string."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a cell with a line for IPython
        return
    for node in nodes:
        parts = [""]
        for part in node.values if isinstance(node, ast.JoinedStr) else [node]:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                parts[-1] += part.value
                if parts[-1] != (sentence := first_sentence(parts[-1])):
                    parts[-1] = sentence
                    break
            elif isinstance(part, ast.FormattedValue):
                parts.append("")
        parts[-1] = parts[-1].removesuffix(".")
        if _letters(parts) >= FEWEST_LETTERS:
            yield tuple(parts)


def _letters(parts: Iterable[str]) -> int:
    return sum(character.isalpha() for part in parts for character in part)


def _filled(text: str, parts: tuple[str, ...]) -> list[str] | None:
    """What stands between the parts, if the text consists of them, in this order; else None."""
    if len(parts) == 1:
        return [] if text == parts[0] else None
    first, *middle, last = parts
    if not text.startswith(first) or not text.endswith(last):
        return None
    at, filled = len(first), []
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return None
        filled.append(text[at:found])
        at = found + len(part)
    end = len(text) - len(last)
    return [*filled, text[at:end]] if at <= end else None
