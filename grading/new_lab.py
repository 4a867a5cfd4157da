"""Begin a lab: ``python -m grading.new_lab PHASE NAME --title "..."``, in the course's root; ``make new-lab`` does it.

It writes a notebook with one worked exercise, and answers that hold its tests to their promises; both pass the
course's checks as they are. What all labs share is taken from lab 01, its one home. Nothing is overwritten.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

import nbformat

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLE = 'python -m grading.new_lab phase-01-serving lab-05-batching --title "Why does a server batch?"'
PHASE_FORM = r"phase-\d\d(-[a-z0-9]+)+"
NAME_FORM = r"lab-\d\d(-[a-z0-9]+)+"
SHARED = re.compile(r"^# \{\{instruments: (.*)\}\}$", re.MULTILINE)  # in the template: which functions stand there
TITLE_LENGTH = 100  # characters


class NotMade(Exception):
    """Why the lab was not begun, and the next step. status: the exit status, 2 for what was asked for wrongly."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def check_arguments(phase: str, name: str, title: str) -> None:
    """Errors: NotMade, naming the first that is not of its form."""
    words = "lower-case words and numbers, with hyphens between them"
    for what, value, form, example in (
        ("PHASE", phase, PHASE_FORM, f"phase-, two digits, {words}: phase-01-serving"),
        ("NAME", name, NAME_FORM, f"lab-, two digits, {words}: lab-05-batching"),
    ):
        if not re.fullmatch(form, value):
            raise NotMade(f"{what} is {value!r}, and must be {example}.\nExample: {EXAMPLE}", status=2)
    if not title.strip() or not title.isprintable() or len(title) > TITLE_LENGTH:
        raise NotMade(
            f"--title is {title!r}, and must be one line of 1 to {TITLE_LENGTH} characters, best a question.\n"
            f"Example: {EXAMPLE}",
            status=2,
        )


def targets(root: Path, phase: str, name: str) -> tuple[Path, Path]:
    """Where the notebook and its answers go. Errors: NotMade, if something of that name or number is there."""
    if not (root / "nbgrader_config.py").is_file():
        raise NotMade(f"{root} holds no nbgrader_config.py.\nNext step: change to the course's root.", status=2)
    number = name[: len("lab-00")]
    answers = root / "grading" / "answers" / number.replace("-", "_")
    for there in [*sorted(root.glob(f"source/*/{number}-*.ipynb")), answers]:
        if there.exists():
            raise NotMade(
                f"{there.relative_to(root).as_posix()} is there already, and nothing was written: a number stands for "
                "one lab in the whole course.\nNext step: choose the next free number, or remove what is there."
            )
    return root / "source" / phase / f"{name}.ipynb", answers / "__init__.py"


def shared_instruments(root: Path, names: list[str]) -> str:
    """These functions as lab 01 defines them, letter for letter. Errors: NotMade, if it does not."""
    found = sorted(root.glob("source/*/lab-01-*.ipynb"))
    if not found:
        raise NotMade(
            "source/ holds no lab 01, which the shared instruments are taken from.\nNext step: bring it back."
        )
    cells = nbformat.read(found[0], as_version=4).cells
    source = next((cell.source for cell in cells if cell.id == "instruments"), "")
    functions = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    if missing := [name for name in names if name not in functions]:
        raise NotMade(
            f"The cell `instruments` of {found[0].relative_to(root).as_posix()} does not define {missing[0]}, which "
            "the labs share.\nNext step: bring it back there."
        )
    return "\n\n\n".join(ast.get_source_segment(source, functions[name]) for name in names)


def filled_in(text: str, root: Path, name: str, title: str) -> str:
    """A cell of the template, or the answers, with the lab's own words in it."""
    if shared := SHARED.search(text):
        text = text.replace(shared.group(0), shared_instruments(root, shared.group(1).split(", ")))
    words = {"{{NUMBER}}": name[len("lab-") : len("lab-00")], "{{LAB}}": name, "{{TITLE}}": title.strip()}
    return re.sub("|".join(map(re.escape, words)), lambda match: words[match.group()], text)


def make(root: Path, phase: str, name: str, title: str) -> tuple[Path, Path]:
    """Write the lab, and return the paths of its notebook and its answers. Errors: NotMade, OSError."""
    check_arguments(phase, name, title)
    notebook, answers = targets(root, phase, name)
    lab = nbformat.read(TEMPLATES / "lab.ipynb", as_version=4)
    for cell in lab.cells:
        cell.source = filled_in(cell.source, root, name, title)
    answers_text = filled_in((TEMPLATES / "answers.py").read_text(encoding="utf-8"), root, name, title)
    notebook.parent.mkdir(parents=True, exist_ok=True)
    answers.parent.mkdir()
    with notebook.open("x", encoding="utf-8", newline="\n") as file:
        file.write(nbformat.writes(lab) + "\n")
    with answers.open("x", encoding="utf-8", newline="\n") as file:
        file.write(answers_text)
    return notebook, answers


def shown_python(root: Path) -> str:
    """This Python as you would type it in the course's root."""
    python = Path(sys.executable)
    return str(python.relative_to(root) if python.is_relative_to(root) else python)


def main(arguments: list[str], root: Path) -> int:
    """The command line. Returns the exit status: 0 made, 1 not made, 2 asked for wrongly."""
    parser = argparse.ArgumentParser(
        prog="python -m grading.new_lab",
        description="Begin a lab: a notebook with one worked exercise, and answers that test its tests.",
        epilog=f"Example: {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # an example is one line
    )
    parser.add_argument("phase", metavar="PHASE", help="the folder in source/, for example phase-01-serving")
    parser.add_argument("name", metavar="NAME", help="the notebook's name, for example lab-05-batching")
    parser.add_argument("--title", required=True, help="the lab's title, best a question")
    options = parser.parse_args(arguments)
    try:
        made = make(root, options.phase, options.name, options.title)
    except (NotMade, OSError) as error:
        print(error, file=sys.stderr)
        return getattr(error, "status", 1)
    notebook, answers = (path.relative_to(root).as_posix() for path in made)
    print(f"{notebook}\n{answers}\n\nNext steps (docs/writing-a-lab.md has the rest):")
    print(f"  1. see it pass: {shown_python(root)} -m pytest {notebook}")
    print("  2. write: each TODO in the notebook waits for you, and the answers for more of them")
    print("  3. make release, and commit source/ and release/ together")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path.cwd()))
