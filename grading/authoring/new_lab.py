"""Begin a lab: a notebook with one worked exercise, its package in labkit, and answers that test its tests.

All pass the course's checks as they are. Run it in the course's root, or use `make new-lab`; nothing is overwritten.

Example: python -m grading new-lab phase-02-serving lab-09-batching --title "Why does a server batch?"

Exit status: 0 made; 1 that number is taken; 2 asked for wrongly.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat

from grading.course import load_config

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLE = 'python -m grading new-lab phase-02-serving lab-09-batching --title "Why does a server batch?"'
WORDS = "two digits, lowercase words and numbers, joined by hyphens"
TITLE_LENGTH = 100  # characters


def check_arguments(phase: str, name: str, title: str) -> None:
    """Errors: ValueError, naming the first that is not of its form."""
    is_title = title.strip() and title.isprintable() and len(title) <= TITLE_LENGTH
    for what, value, is_right, form in (
        ("PHASE", phase, re.fullmatch(r"phase-\d\d(-[a-z0-9]+)+", phase), f"phase-, {WORDS}: phase-02-serving"),
        ("NAME", name, re.fullmatch(r"lab-\d\d(-[a-z0-9]+)+", name), f"lab-, {WORDS}: lab-09-batching"),
        ("--title", title, is_title, f"one line of 1 to {TITLE_LENGTH} characters, preferably a question"),
    ):
        if not is_right:
            raise ValueError(f"{what} is {value!r}; it must be {form}.\nExample: {EXAMPLE}")


def make(root: Path, phase: str, name: str, title: str) -> list[Path]:
    """Write the lab. Returns the paths of its notebook, its package and its answers.

    Errors: ValueError for what was asked for wrongly; FileExistsError if that number is taken; OSError.
    """
    check_arguments(phase, name, title)
    load_config(root, None)  # an error says that this is not a course
    number = name[: len("lab-00")]
    package = number.replace("-", "_")
    folders = root / "labkit" / package, root / "tests" / "answers" / package
    for there in (*sorted(root.glob(f"source/*/{number}-*.ipynb")), *folders):
        if there.exists():
            raise FileExistsError(
                f"{there.relative_to(root).as_posix()} already exists, so nothing was written: a number is used once "
                "in the whole course.\nNext step: choose the next free number, or remove the existing files."
            )
    words = {"{{NUMBER}}": number[-2:], "{{LAB}}": name, "{{TITLE}}": title.strip(), "lab_00": package}

    def filled_in(text: str) -> str:
        return re.sub("|".join(map(re.escape, words)), lambda match: words[match.group()], text)

    lab = nbformat.read(TEMPLATES / "lab.ipynb", as_version=4)
    for cell in lab.cells:
        cell.source = filled_in(cell.source)
    made = {root / "source" / phase / f"{name}.ipynb": nbformat.writes(lab) + "\n"}
    for folder, template in zip(folders, ("labkit_lab.py", "answers.py")):
        made[folder / "__init__.py"] = filled_in((TEMPLATES / template).read_text(encoding="utf-8"))
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(made)


def run(args: argparse.Namespace) -> int:
    """Begin a lab in the current directory. Returns the exit status."""
    try:
        made = make(Path.cwd(), args.phase, args.name, args.title)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    notebook, package, answers = (path.relative_to(Path.cwd()).as_posix() for path in made)
    print(f"{notebook}\n{package}\n{answers}\n\nNext steps (docs/writing-a-lab.md has the rest):")
    print(f"  1. check that it passes: {sys.executable} -m pytest {notebook}")
    print("  2. write: replace each TODO in the notebook, and collect more answers")
    print("  3. make release, and commit source/ and release/ together")
    return 0
