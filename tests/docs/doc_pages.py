"""The pages whose commands are executed, and how they are taken apart."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Each page runs in a course of its own. A page that is added here is executed as it stands, but for commands that a
# later one has too: they are typed there.
PAGES = ["README.md", "docs/running-a-course.md", "docs/writing-a-lab.md", "docs/architecture.md", "docs/server.md"]
SHOWN = re.compile(r"^(?P<indent> *)```(?P<language>\S*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
COMMAND_LANGUAGES = ("", "bash", "sh", "console")
# What stands in a block of text must not look like something to type.
LIKE_A_COMMAND = re.compile(r"^\s*(\$ |make |git |cp |rm |sudo |pip |python|nbgrader|\.venv/)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: the page's line that it begins in, its language, and its text without the page's indentation."""

    line: int
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The commands, without their remarks; a backslash at the end of a line goes on in the next one."""
        joined = self.text.replace("\\\n", " ")
        stripped = (re.sub(r"(^|\s+)# .*$", "", line).strip() for line in joined.splitlines())
        return [command for command in stripped if command]


def later(page: str) -> set[str]:
    """The commands of the pages behind this one."""
    return {command for other in PAGES[PAGES.index(page) + 1 :] for _, command in typed(other)}


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    """The page's fenced blocks, in order."""
    text = read(page)
    return [
        Block(text.count("\n", 0, found.start()) + 1, found["language"], textwrap.dedent(found["text"]))
        for found in SHOWN.finditer(text)
    ]


def typed(page: str) -> list[tuple[int, str]]:
    """(line of its block, command) of everything that the page tells you to type in a terminal."""
    return [(b.line, command) for b in blocks(page) if b.language in COMMAND_LANGUAGES for command in b.commands]
