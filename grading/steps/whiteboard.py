"""Written answers, wherever in a notebook a student wrote them, brought to the person who grades them.

Students write below the cell for the answer, into the question, or into a copy of the cell; editors retype cells and
drop their names. So all text that is in no cell of the release is quoted under the answer. A cell with a quote is not
the untouched one to which nbgrader gives 0 without a person.

Text is: a markdown or raw cell; a code cell that has the answer's name or id; a code cell without code, which holds
comments, strings, or what Python cannot read. Any other code cell is an experiment.
"""

import ast
import re
import warnings
from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode

from grading.steps.handout import Handout, is_written, lines_of, normal

HEADING = "**Elsewhere in this notebook:**"
LONGEST = 10_000  # characters that are quoted; a page renders an answer of twice as many
READ_AS_PYTHON = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as in a notebook; nothing is run


def bring_together(
    nb: NotebookNode,
    elsewhere: list[tuple[NotebookNode, str | None]],
    originals: Mapping[str, NotebookNode],
    given: Handout,
) -> None:
    """Quote in each written answer of `nb` what is written elsewhere, and show it with its question. Changes `nb`.

    elsewhere: the submitted cells that did not become a cell for an answer, each with the name that it claimed.
    originals: the cells of the release that nbgrader knows, by name.
    """
    answers = [cell for cell in nb.cells if is_written(cell)]
    names = {cell.metadata.nbgrader.grade_id for cell in answers}
    if not answers:
        return
    stubs = (cell for cell in originals.values() if not cell.metadata.nbgrader.locked)
    known = given.lines.union(*(lines_of(cell.source) for cell in [*answers, *stubs]))
    texts = []
    for cell, name in elsewhere:
        is_answer = name in names or given.answers.get(cell.id) in names
        if cell.cell_type != "code" or is_answer or _is_prose(cell.source):
            texts.append((_new_part(cell, known), cell.get("attachments", {})))
    for answer in answers:
        _show_question(nb, answer, given.questions.get(answer.metadata.nbgrader.grade_id))
        _quote(answer, [(text, pictures) for text, pictures in texts if text])


def _is_prose(source: str) -> bool:
    """Whether a code cell holds no code. What is too long to be looked at counts as text."""
    if len(source) > LONGEST:
        return True
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("#", "%", "!"))]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = compile("\n".join(lines), "cell", "exec", READ_AS_PYTHON).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return True
    return all(isinstance(it, ast.Expr) and isinstance(getattr(it.value, "value", None), str) for it in body)


def _new_part(cell: NotebookNode, known: set[str]) -> str:
    """A cell's text from its first line that is not known to its last; "" if there is none."""
    lines = cell.source.splitlines()
    new = [at for at, line in enumerate(lines) if any(map(str.isalnum, line)) and normal(line) not in known]
    lines = lines[new[0] : new[-1] + 1] if new else []
    if cell.cell_type == "code":
        lines = [re.sub(r"^\s*#+ ?", "", line) for line in lines]  # a comment is not a heading
    return "\n".join(lines)


def _quote(answer: NotebookNode, texts: list[tuple[str, dict]]) -> None:
    quotes, pictures = [], dict(answer.get("attachments", {}))
    left = LONGEST
    for number, (text, attached) in enumerate(texts):
        shown, left = text[: max(left, 0)], left - len(text)
        shown = shown.replace("<!--", "&lt;!--")  # a comment without an end would hide the quotes below
        for name in attached:
            if f"attachment:{name}" in shown:  # under a name of its own: editors call many pictures image.png
                shown = shown.replace(f"attachment:{name}", f"attachment:{number}-{name}")
                pictures[f"{number}-{name}"] = attached[name]
        quotes += ["\n".join(f"> {line}" for line in shown.splitlines())] if shown else []
    if quotes:
        quotes += [f"({-left:,} more characters: see the notebook.)"] if left < 0 else []
        own = answer.source.rstrip()
        end = ["-->"] if own.rfind("<!--") > own.rfind("-->") else []
        answer.source = "\n\n".join([own, *end, "---", HEADING, *quotes])
        if pictures:
            answer.attachments = pictures


def _show_question(nb: NotebookNode, answer: NotebookNode, question: str | None) -> None:
    """Put the question, and with it the rubric, above the answer if the student changed or deleted it."""
    lines = lines_of(question or "")
    if question and all(cell.cell_type != "markdown" or lines_of(cell.source) != lines for cell in nb.cells):
        at = next(at for at, cell in enumerate(nb.cells) if cell is answer)
        nb.cells.insert(at, nbformat.v4.new_markdown_cell(question))
