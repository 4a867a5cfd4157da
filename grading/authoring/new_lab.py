"""Begin a lab: `make new-lab`, or in the course's root `python -m grading new-lab PHASE NAME --title "..."`.

It writes a notebook with one worked exercise, the lab's package in labkit, and answers that test its tests; all pass
the course's checks as they are. Nothing is overwritten.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLE = 'python -m grading new-lab phase-01-serving lab-05-batching --title "Why does a server batch?"'
PHASE_FORM = r"phase-\d\d(-[a-z0-9]+)+"
NAME_FORM = r"lab-\d\d(-[a-z0-9]+)+"
PACKAGE = "lab_00"  # the package in labkit, as the template names it
TITLE_LENGTH = 100  # characters


class NotMade(Exception):
    """Why the lab was not begun, and the next step. status: the exit status, 2 for what was asked for wrongly."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def check_arguments(phase: str, name: str, title: str) -> None:
    """Errors: NotMade, naming the first that is not of its form."""
    words = "lowercase words and numbers, joined by hyphens"
    for what, value, form, example in (
        ("PHASE", phase, PHASE_FORM, f"phase-, two digits, {words}: phase-01-serving"),
        ("NAME", name, NAME_FORM, f"lab-, two digits, {words}: lab-05-batching"),
    ):
        if not re.fullmatch(form, value):
            raise NotMade(f"{what} is {value!r}; it must be {example}.\nExample: {EXAMPLE}", status=2)
    if not title.strip() or not title.isprintable() or len(title) > TITLE_LENGTH:
        raise NotMade(
            f"--title is {title!r}; it must be one line of 1 to {TITLE_LENGTH} characters, preferably a question.\n"
            f"Example: {EXAMPLE}",
            status=2,
        )


def package_name(name: str) -> str:
    """ "lab_05" for "lab-05-batching"."""
    return name[: len("lab-00")].replace("-", "_")


def targets(root: Path, phase: str, name: str) -> tuple[Path, Path, Path]:
    """Where the notebook, its package and its answers go. Errors: NotMade, if that name or number is taken."""
    if not (root / "nbgrader_config.py").is_file():
        raise NotMade(
            f"{root} contains no nbgrader_config.py.\nNext step: change to the course's root directory.", status=2
        )
    number = name[: len("lab-00")]
    package, answers = root / "labkit" / package_name(name), root / "tests" / "answers" / package_name(name)
    for there in [*sorted(root.glob(f"source/*/{number}-*.ipynb")), package, answers]:
        if there.exists():
            raise NotMade(
                f"{there.relative_to(root).as_posix()} already exists, so nothing was written: a number is used once "
                "in the whole course.\nNext step: choose the next free number, or remove the existing files."
            )
    return root / "source" / phase / f"{name}.ipynb", package / "__init__.py", answers / "__init__.py"


def filled_in(text: str, name: str, title: str) -> str:
    """A cell or a module of the template, with the lab's own words in it."""
    words = {"{{NUMBER}}": name[len("lab-") : len("lab-00")], "{{LAB}}": name, "{{TITLE}}": title.strip()}
    words[PACKAGE] = package_name(name)
    return re.sub("|".join(map(re.escape, words)), lambda match: words[match.group()], text)


def make(root: Path, phase: str, name: str, title: str) -> tuple[Path, Path, Path]:
    """Write the lab. Returns the paths of its notebook, package and answers. Errors: NotMade, OSError."""
    check_arguments(phase, name, title)
    paths = targets(root, phase, name)
    lab = nbformat.read(TEMPLATES / "lab.ipynb", as_version=4)
    for cell in lab.cells:
        cell.source = filled_in(cell.source, name, title)
    modules = [(TEMPLATES / module).read_text(encoding="utf-8") for module in ("labkit_lab.py", "answers.py")]
    texts = [nbformat.writes(lab) + "\n", *(filled_in(module, name, title) for module in modules)]
    for path, text in zip(paths, texts):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return paths


def shown_python(root: Path) -> str:
    """This Python as you would type it in the course's root."""
    python = Path(sys.executable)
    return str(python.relative_to(root) if python.is_relative_to(root) else python)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"Example: {EXAMPLE}"
    parser.add_argument("phase", metavar="PHASE", help="the folder in source/, for example phase-01-serving")
    parser.add_argument("name", metavar="NAME", help="the notebook's name, for example lab-05-batching")
    parser.add_argument("--title", required=True, help="the lab's title, preferably a question")


def run(options: argparse.Namespace) -> int:
    """Begin a lab in the current directory. Returns the exit status: 0 made, 1 not made, 2 asked for wrongly."""
    root = Path.cwd()
    try:
        made = make(root, options.phase, options.name, options.title)
    except (NotMade, OSError) as error:
        print(error, file=sys.stderr)
        return getattr(error, "status", 1)
    notebook, package, answers = (path.relative_to(root).as_posix() for path in made)
    print(f"{notebook}\n{package}\n{answers}\n\nNext steps (docs/writing-a-lab.md has the rest):")
    print(f"  1. check that it passes: {shown_python(root)} -m pytest {notebook}")
    print("  2. write: replace each TODO in the notebook, and collect more answers")
    print("  3. make release, and commit source/ and release/ together")
    return 0
