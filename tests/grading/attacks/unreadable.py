"""Submissions that can be read with difficulty, or not at all, and cells of unusual kinds."""

# ruff: noqa: E501 (programs in strings)

from attack_register import own_cell, robust


@robust()
def a_notebook_of_5_mb(nb):
    own_cell(nb, "text = '''" + "z" * 5_000_000 + "'''")


@robust(earns=None)
def broken_json(nb):
    return {"lab.ipynb": '{"cells": [{"cell_type": "code",'}


@robust(earns=None)
def latin_1(nb):
    """Bytes that are no UTF-8."""
    return {
        "lab.ipynb": '{"cells": [], "metadata": {"title": "Übung"}, "nbformat": 4, "nbformat_minor": 5}'.encode(
            "latin-1"
        )
    }


@robust(earns=None)
def json_that_is_no_notebook(nb):
    return {"lab.ipynb": "[1, 2, 3]"}


@robust(earns=None)
def json_nested_100000_deep(nb):
    return {"lab.ipynb": '{"cells":' + "[" * 100_000 + "]" * 100_000 + "}"}


@robust()
def cells_without_ids(nb):
    nb.nbformat_minor = 4
    for cell in nb.cells:
        del cell["id"]


@robust()
def duplicated_ids(nb):
    for cell in nb.cells:
        cell["id"] = "same"


@robust()
def schema_version_99(nb):
    for cell in nb.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.schema_version = 99


@robust()
def metadata_of_other_types(nb):
    for index, cell in enumerate(nb.cells):
        cell.metadata.update(collapsed="yes", tags="x", editable=5, deletable=[], jupyter={"source_hidden": 1})
        if index == 0:
            cell.metadata.nbgrader = []


@robust()
def another_kernel(nb):
    nb.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    nb.metadata.language_info = {"name": "R"}


@robust(earns=())
def an_empty_notebook(nb):
    nb.cells = []


@robust(earns=None)
def no_notebook(nb):
    """The notebook is missing, another is there."""
    return {
        "lab.ipynb": lambda path: None,
        "other.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    }


@robust()
def magics_of_all_kinds(nb):
    """Cells with only a magic, %%bash, %%html, an unknown magic, a shell command, nothing but a syntax error."""
    for source in (
        "%pwd",
        "%%bash\necho hello",
        "%%html\n<b>x</b>",
        "%nosuchmagic",
        "!ls /",
        "def (",
        "%%timeit\n1 + 1",
        "%debug",
    ):
        own_cell(nb, source)


@robust()
def asks_for_input(nb):
    own_cell(nb, "name = input('Your name? ')")
    own_cell(nb, "import pdb; pdb.set_trace()")
    own_cell(nb, "import getpass; getpass.getpass()")


@robust()
def output_objects_that_break(nb):
    """Objects shown whose repr raises, exits, never ends, or is no text."""
    own_cell(nb, "class A:\n    def __repr__(self): raise SystemExit\nA()")
    own_cell(nb, "class B:\n    def __repr__(self): return 5\nB()")
    own_cell(
        nb,
        "class C:\n    def _repr_png_(self): return 'no picture'\n    def _repr_mimebundle_(self, **k): return {1: {2}}\nC()",
    )
