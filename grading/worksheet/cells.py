"""A CSV file of which some fields are changed, and every other byte stays."""

import re
from dataclasses import dataclass
from pathlib import Path

from grading.whole_file import whole_file

FIELD = r'("(?:[^"]|"")*"|[^"{0}\r\n][^{0}\r\n]*|)({0}|\r\n|\r|\n|\Z)'


@dataclass(frozen=True)
class Cell:
    """A field. start, end: where it stands in the file's text, with its quotes."""

    text: str
    start: int
    end: int


class CsvFile:
    """table: the cells, line by line."""

    def __init__(self, path: Path, required: tuple[str, ...]) -> None:
        """required: headings, by which the separator is found. Errors: OSError; ValueError if one is missing."""
        self._text, self._encoding = _decoded(path)
        tables = [table for table in (_table(self._text, separator) for separator in ",;\t") if table]
        if not tables:
            raise ValueError(f"{path} is no CSV file.")
        self.table = max(tables, key=lambda table: len({cell.text.strip() for cell in table[0]} & set(required)))
        headings = [cell.text.strip() for cell in self.table[0]]
        if missing := [name for name in required if name not in headings]:
            raise ValueError(f"{path} has no column {missing[0]!r}; its first line is: {', '.join(headings)[:200]}.")

    def write(self, changes: dict[Cell, str], target: Path) -> None:
        """Write the whole file, or nothing. changes: numbers. Errors: OSError."""
        parts, at = [], 0
        for cell, text in sorted(changes.items(), key=lambda change: change[0].start):
            is_quoted = self._text[cell.start : cell.end].startswith('"') or "," in text
            parts += [self._text[at : cell.start], f'"{text}"' if is_quoted else text]
            at = cell.end
        with whole_file(target) as unfinished:
            unfinished.write_bytes("".join([*parts, self._text[at:]]).encode(self._encoding))


def _decoded(path: Path) -> tuple[str, str]:
    """The text, byte order mark and all, and the encoding that gives back the same bytes."""
    content = path.read_bytes()
    encoding = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(content[:2], "utf-8")
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def _table(text: str, separator: str) -> list[list[Cell]] | None:
    """The cells of all lines; None if the text is no CSV with this separator."""
    table, is_new_line = [], True
    at = 1 if text.startswith("\ufeff") else 0
    pattern = re.compile(FIELD.format(separator))
    while at < len(text):
        match = pattern.match(text, at)
        if not match:
            return None
        if is_new_line:
            table.append([])
        value = match[1][1:-1].replace('""', '"') if match[1].startswith('"') else match[1]
        table[-1].append(Cell(value, *match.span(1)))
        at, is_new_line = match.end(), match[2] != separator
    return table
