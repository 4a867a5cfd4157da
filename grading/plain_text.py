"""Text in which students have a say, made fit for a table, a log, a terminal and a spreadsheet."""

import re
from collections.abc import Iterable

# A spreadsheet reads a formula where one of these signs comes first, also as the wide, small, raised and lowered
# characters that it makes plain: at the start of a cell, and behind whatever it may split a line at or leave out.
SIGNS = "=+@\\-＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−"
SEPARATORS = r",;|\s\"'`“”„«»，；｜\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
FORMULA = re.compile(rf"(?:\A|(?<=[{SEPARATORS}]))(?=[{SIGNS}])")


def one_line(text: str, most: int = 160) -> str:
    """One line of at most `most` characters. Escapes, surrogates and bidirectional controls become question marks."""
    line = "".join(character if character.isprintable() else "?" for character in " ".join(text.split()))
    return line if len(line) <= most else line[: most - 3] + "..."


def few(sentences: Iterable[str], most: int = 5) -> list[str]:
    """The first of the sentences, each as one line, and how many others there are."""
    lines = list(dict.fromkeys(map(one_line, sentences)))
    more = len(lines) - most
    return lines[:most] + ([f"... and {more:,} more such lines."] if more > 0 else [])


def as_text(value: str | None) -> str:
    """A text with an apostrophe before each sign at which a spreadsheet could take the rest for a formula."""
    return FORMULA.sub("'", value or "")
