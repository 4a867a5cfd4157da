"""Text in which students have a say, made fit for a table, a log and a terminal."""

from collections.abc import Iterable


def one_line(text: str, most: int = 160) -> str:
    """One line of at most `most` characters. Escapes, surrogates and bidirectional controls become question marks."""
    line = "".join(character if character.isprintable() else "?" for character in " ".join(text.split()))
    return line if len(line) <= most else line[: most - 3] + "..."


def few(sentences: Iterable[str], most: int = 5) -> list[str]:
    """The first of the sentences, each as one line, and how many others there are."""
    lines = list(dict.fromkeys(map(one_line, sentences)))
    more = len(lines) - most
    return lines[:most] + ([f"... and {more:,} more such lines."] if more > 0 else [])
